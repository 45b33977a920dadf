// The client's document is in the internet, and there is none: the page says so.
export default async ({ page, url, both, axe, match }) => {
  await page.goto(url);
  match(await page.locator('main').innerText(), /client\.example\.com, which cannot be reached/, 'the page');
  await both('unread');
  await axe();
};
