// A person reads what is asked, chooses who to be and allows it.
export default async ({ page, url, env, both, axe, equal, match }) => {
  await page.goto(url);
  equal(await page.title(), 'Sign in · development stand-in');
  const text = await page.locator('main').innerText();
  for (const shown of ['Notes Desktop', 'notes-desktop', 'Protected notes', env.server, 'openid', 'notes:read', env.redirect]) {
    match(text, new RegExp(shown.replace(/[.?]/g, '\\$&')), 'the page');
  }
  match(await page.locator('body').innerText(), /development only/i, 'the page');
  equal(await page.getByRole('radio').count(), 4, 'people');
  await both('page');
  await axe();
  await page.getByRole('radio', { name: /Alice.*Globex/s }).check();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL('**/callback?*');
  equal(await page.title(), 'Back in the application');
};
