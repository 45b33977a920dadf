export default async ({ page, url, equal }) => {
  await page.goto(url);
  equal(await page.title(), 'Another', 'title');
};
