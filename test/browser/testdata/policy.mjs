export default async ({ page, url }) => {
  await page.goto(url);
};
