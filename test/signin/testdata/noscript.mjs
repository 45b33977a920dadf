// The page needs no script.
export default async ({ open, url }) => {
  const page = await open({ javaScriptEnabled: false });
  await page.goto(url);
  await page.getByRole('radio', { name: /Bob/ }).check();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL('**/callback?*');
};
