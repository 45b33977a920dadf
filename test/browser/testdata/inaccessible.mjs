export default async ({ page, url, axe }) => {
  await page.goto(url);
  await axe();
};
