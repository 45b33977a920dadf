// Somebody is chosen from the beginning: one click is enough.
export default async ({ page, url, equal }) => {
  await page.goto(url);
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL('**/callback?*');
  equal(await page.title(), 'Back in the application');
};
