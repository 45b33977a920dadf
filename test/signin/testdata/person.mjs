// A person signs in to a client, or says no. The client's own page is the end.
export default async ({ page, url, env, shot, expectErrors, match }) => {
  expectErrors(); // what the client's page does is not on trial
  page.setDefaultTimeout(90_000); // some clients fetch their tokens before they answer, on a busy machine
  await page.goto(url);
  if (env.person === 'deny') {
    await page.getByRole('button', { name: 'Deny' }).click();
  } else {
    await page.locator(`input[value="${env.person}"]`).check();
    await page.getByRole('button', { name: 'Allow' }).click();
  }
  await page.waitForURL((u) => !u.pathname.includes('/oauth/authorize'), { waitUntil: 'load' });
  await shot('answered');
  match(page.url(), /^http:\/\/(localhost|127\.0\.0\.1):/, 'the end');
};
