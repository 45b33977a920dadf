export default async ({ page, url, both, axe, equal, match }) => {
  await page.goto(url);
  match(await page.getByRole('alert').innerText(), /No authentication method is enabled/, 'the page');
  equal(await page.getByRole('button').count(), 0, 'buttons');
  await both('nomethod');
  await axe();
};
