// A decision is made once: going back and pressing again is refused.
export default async ({ page, url, expectErrors, match }) => {
  await page.goto(url);
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL('**/callback?*');
  expectErrors(); // the answer's status is 400
  const form = await (await page.context().request.get(url)).text();
  match(form, /<form/, 'another request');
  await page.goBack();
  // The page may not be kept, so this is a new request, unless the browser has kept the old one.
  await page.evaluate(() => (document.querySelector('input[name=request]').value = 'used'));
  await page.getByRole('button', { name: 'Deny' }).click();
  match(await page.getByRole('alert').innerText(), /expired/, 'the page');
};
