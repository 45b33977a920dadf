// A client somewhere else: the page says where, and does not call it a program on this computer.
export default async ({ page, url, both, equal, match }) => {
  await page.goto(url);
  const text = await page.locator('main').innerText();
  match(text, /https:\/\/notes\.example\.com/, 'the page');
  equal(/this computer/.test(text), false, 'the warning about programs on this computer');
  await both('remote');
};
