// Package browser lets Go tests drive Chromium by stories: modules of JavaScript that say what a person does on a page.
//
//	func TestPage(t *testing.T) {
//		b := browser.Start(t)
//		b.Story(t, "page.mjs", url)
//	}
//
//	// page.mjs
//	export default async ({ page, url, shot, axe, equal }) => {
//	  await page.goto(url);
//	  await page.getByRole('button', { name: 'Allow' }).click();
//	  equal(await page.title(), 'Done');
//	  await shot('done');
//	  await axe();
//	};
//
// A story is a path relative to the folder of the test. It gets one object:
//
//   - page and context: Playwright's, fresh for each story. Whatever the page throws, or writes to the console as an error,
//     fails the story; expectErrors() says that this is meant to happen, from there to the end.
//   - url and env: what [Browser.Story] was given; env are the strings of [Env].
//   - shot(name): a screenshot of the whole page, kept in the folder [Screenshots]; both(name) makes one in light and one in
//     dark colours.
//   - axe(): checks accessibility by axe-core; serious and critical faults fail the story, others are printed.
//   - equal(got, want, what), match(text, regexp, what), ok(value, what): fail the story unless it is so.
//   - open(options): another page, in a context of its own with Playwright's options, watched in the same way; shot, both
//     and axe take such a page as their last argument.
//   - say(value): hands a value to the Go test; [Browser.Story] returns the last one as JSON.
//
// Chromium runs without a window, with nothing of its own to do in the network, and finds no other machine than this one. [Start]
// starts one for a test and its subtests, or takes the one that [Main] has started for all tests of a binary. Stories may run in
// parallel.
//
// `make setup` brings Chromium and Playwright; without them tests fail and say so. XMCPGO_CHROMIUM names another Chromium.
package browser
