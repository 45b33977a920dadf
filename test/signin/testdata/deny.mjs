export default async ({ page, url }) => {
  await page.goto(url);
  await page.getByRole('button', { name: 'Deny' }).click();
  await page.waitForURL('**/callback?*');
};
