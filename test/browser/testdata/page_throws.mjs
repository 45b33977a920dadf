export default async ({ page, url }) => {
  const thrown = page.context().waitForEvent('weberror');
  await page.goto(url);
  await thrown;
};
