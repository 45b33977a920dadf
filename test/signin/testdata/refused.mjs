// There is nothing to choose and nowhere to go.
export default async ({ page, url, env, both, axe, expectErrors, equal, match }) => {
  expectErrors(); // the status is 400
  await page.goto(url);
  match(await page.getByRole('alert').innerText(), new RegExp(env.says), 'the page');
  equal(await page.getByRole('button').count(), 0, 'buttons');
  equal(await page.getByRole('link').count(), 0, 'links');
  await both('refused');
  await axe();
};
