// How the app does: which build answers, and what keeps the newest source from running.
import { code, el } from './dom.js';

const every = 1000;

// watch asks for ever and shows what changes; built() is called when another build answers than when the page came.
export async function watch(build, problems, built) {
  let before = '';
  let number = 'serving' in document.body.dataset ? undefined : 0;
  for (;;) {
    const now = await fetch('status', { cache: 'no-store' }).then((r) => r.json()).catch(() => undefined);
    const text = JSON.stringify(now);
    if (text !== before) {
      before = text;
      show(now, build, problems);
      if (now?.serving && now.build !== number) {
        if (number !== undefined) built();
        number = now.build;
      }
    }
    await new Promise((done) => setTimeout(done, every));
  }
}

function show(now, build, problems) {
  build.textContent = now === undefined ? 'xmcpgo dev has ended' : now.serving ? `Build ${now.build} answers` : 'No build answers';
  build.className = now?.serving && now.problems.length === 0 ? 'good' : 'bad';
  const list = now?.problems ?? [];
  problems.hidden = list.length === 0;
  problems.replaceChildren(
    el('h2', {}, now?.serving ? 'The newest source does not run; the last good build answers' : 'The source does not run'),
    el('ul', {}, list.map((p) => el('li', {}, code(p)))));
}
