// The whole way without a mouse; what has the focus can be seen.
export default async ({ page, url, both, equal, ok }) => {
  await page.goto(url);
  await page.keyboard.press('Tab');
  const focused = () => page.evaluate(() => document.activeElement.value);
  equal(await focused(), 'usr_alice@org_acme', 'the first stop is the person who is chosen');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  equal(await focused(), 'usr_bob@org_acme', 'two further down');
  ok(await page.getByRole('radio', { name: /Bob/ }).isChecked(), 'who has the focus is chosen');
  await both('chosen');
  await page.keyboard.press('Tab');
  equal(await focused(), 'allow', 'the next stop');
  await both('allow');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  ok(outline !== 'none', 'the focus is shown');
  await page.keyboard.press('Tab');
  equal(await focused(), 'deny', 'the last stop');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/callback?*');
};
