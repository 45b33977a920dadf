// The page was left open for too long.
export default async ({ page, url, env, both, axe, expectErrors, equal, match }) => {
  await page.goto(url);
  await page.context().request.get(env.clock);
  expectErrors(); // the answer's status is 400
  await page.getByRole('button', { name: 'Allow' }).click();
  match(await page.getByRole('alert').innerText(), /This request has expired\. Go back to the application and begin again\./, 'the page');
  equal(await page.getByRole('button').count(), 0, 'buttons');
  await both('expired');
  await axe();
};
