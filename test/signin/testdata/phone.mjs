// On a phone, by touch, nothing is cut off.
export default async ({ open, url, both, axe, ok }) => {
  const page = await open({ viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
  await page.goto(url);
  ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing scrolls sideways');
  await both('phone', page);
  await axe(page);
  await page.getByText('Carol Guest').tap();
  const allow = page.getByRole('button', { name: 'Allow' });
  const box = await allow.boundingBox();
  ok(box.height >= 44, `the button can be hit by a thumb (${box.height})`);
  await allow.tap();
  await page.waitForURL('**/callback?*');
};
