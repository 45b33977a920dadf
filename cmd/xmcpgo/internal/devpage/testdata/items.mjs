// Prompts, resources and templates; the keyboard; a source that breaks and is mended.
export default async ({ page, url, axe, both, equal, match }) => {
  const button = (name) => page.getByRole('button', { name, exact: true });
  const navigation = page.getByRole('navigation');
  const test = (what) => page.request.post(new URL(`/test/${what}`, url).href);
  await page.goto(`${url}#prompts/review`);
  await page.getByRole('heading', { name: 'review' }).waitFor();
  await page.getByLabel('style required').pressSequentially('th');
  // Whoever types slowly is offered both first.
  await page.locator('datalist:not(:has(option[value=terse])) option[value=thorough]').waitFor({ state: 'attached' });
  equal(await page.locator('datalist option').count(), 1, 'suggestions');
  await page.getByLabel('style required').fill('thorough');
  await button('Get the messages').click();
  await page.getByRole('main').getByText('Review this in a thorough way.').waitFor();
  await both('prompt');

  await navigation.getByRole('link', { name: 'app://users/{id}' }).click();
  await page.getByLabel('id required').fill('a/b c');
  await button('Read').click();
  await page.getByRole('main').getByText('"id": "a/b c"').waitFor();
  match(await page.locator('.result').innerText(), /app:\/\/users\/a%2Fb%20c/, 'the address');

  // Without a mouse: the first link skips to the item, the second leads to one, and its heading gets the focus.
  await page.goto(url.replace('/_dev/', '/_dev/?keyboard'));
  await navigation.getByRole('link', { name: 'app://about' }).waitFor();
  await page.keyboard.press('Tab');
  equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the item', 'the first stop');
  for (let i = 0; i < 20 && (await page.evaluate(() => document.activeElement.textContent)) !== 'app://about'; i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'about', exact: true }).waitFor();
  equal(await page.evaluate(() => document.activeElement.tagName), 'H2', 'the element with the focus');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('main').getByText('# About').waitFor();

  // What is wrong with the newest source is said while the last build answers, and the page follows the next one.
  await test('break');
  await page.getByRole('alert').getByText('undefined: <b>stoer</b>').waitFor();
  match(await page.getByRole('banner').innerText(), /Build 1 answers/, 'the header');
  await both('problems');
  await axe();
  await test('mend');
  await navigation.getByRole('link', { name: 'late' }).waitFor();
  await page.getByRole('banner').getByText('Build 2 answers').waitFor();
  equal(await page.getByRole('main').getByText('# About').count(), 1, 'what was shown before the build is still there');
};
