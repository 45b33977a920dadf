export default async ({ page, url }) => {
  await page.goto(url);
  await page.waitForURL('**/callback?*');
};
