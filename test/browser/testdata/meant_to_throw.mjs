export default async ({ page, url, expectErrors, say }) => {
  expectErrors();
  const thrown = page.context().waitForEvent('weberror');
  await page.goto(url);
  await thrown;
  say('seen');
};
