// The page as a whole: what is served on the left, one item in the middle, the messages on the right.
import { Account } from './account.js';
import { el } from './dom.js';
import { Endpoint } from './endpoint.js';
import { failure } from './failure.js';
import { Messages } from './messages.js';
import { comeBack, token } from './oauth.js';
import { watch } from './status.js';
import { prompt, resource, tool } from './views.js';

const byId = (id) => document.getElementById(id);
const messages = new Messages(byId('messages'));
const account = new Account(byId('account'), byId('sign-in'), byId('main'));
const server = new Endpoint(document.body.dataset.endpoint, { token, heard: (...m) => messages.add(...m) });
const page = { server, account, read };

// kinds are what a server can offer: how it is listed, and shown.
const kinds = [
  { title: 'Tools', method: 'tools/list', key: 'tools', capability: 'tools', name: (i) => i.name, view: tool },
  { title: 'Prompts', method: 'prompts/list', key: 'prompts', capability: 'prompts', name: (i) => i.name, view: prompt },
  { title: 'Resources', method: 'resources/list', key: 'resources', capability: 'resources', name: (i) => i.uri, view: resource },
  { title: 'Templates', method: 'resources/templates/list', key: 'resourceTemplates', capability: 'resources', name: (i) => i.uriTemplate, view: resource },
];
let served = {};
let instructions;
let shown;
let listening = false;
let following;

async function connect() {
  const about = await server.request('server/discover');
  const lists = {};
  for (const kind of kinds) {
    if (about.capabilities?.[kind.capability]) lists[kind.key] = await server.all(kind.method, kind.key);
  }
  served = lists;
  account.asking(false);
  account.show();
  instructions = about.instructions;
  list();
  open();
}

// load connects, and says what is in the way.
async function load() {
  try {
    await account.send(connect);
    if (!listening) listen();
  } catch (e) {
    if (byId('sign-in').hidden) byId('main').replaceChildren(failure(e, account));
  }
}

// follow loads again soon: a new build is heard of in several ways at once.
function follow() {
  clearTimeout(following);
  following = setTimeout(load, 150);
}

function list() {
  byId('items').replaceChildren(...kinds.flatMap((kind) => {
    const items = served[kind.key] ?? [];
    if (items.length === 0) return [];
    const links = items.map((item) => el('li', {}, el('a', { href: address(kind, item) }, kind.name(item))));
    return [el('h2', {}, `${kind.title} `, el('span', { className: 'hint' }, String(items.length))), el('ul', {}, links)];
  }));
}

const address = (kind, item) => `#${kind.key}/${encodeURIComponent(kind.name(item))}`;

// open shows the item that the page's address names. One that has not changed stays as it is, with what is filled in.
function open(focus) {
  const [key, name] = location.hash.slice(1).split('/');
  const kind = kinds.find((k) => k.key === key);
  const item = kind && served[key]?.find((i) => encodeURIComponent(kind.name(i)) === name);
  for (const link of byId('items').querySelectorAll('a')) {
    if (link.getAttribute('href') === location.hash) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (!item) {
    shown = undefined;
    byId('main').replaceChildren(byId('welcome').content.cloneNode(true));
    if (instructions) byId('main').firstElementChild.append(el('h3', {}, 'Its instructions for the model'), el('p', { className: 'description' }, instructions));
    return;
  }
  const same = JSON.stringify([key, item]);
  if (same !== shown) {
    shown = same;
    byId('main').replaceChildren(kind.view(item, page));
  }
  if (focus) byId('main').querySelector('h2')?.focus();
}

// read shows a resource that a result links to, listed or not.
function read(uri) {
  const known = served.resources?.find((r) => r.uri === uri);
  const view = resource(known ?? { uri, name: uri }, page);
  shown = undefined;
  byId('main').replaceChildren(view);
  view.querySelector('h2').focus();
  view.start();
}

// listen hears of changed lists for as long as the page is open, across builds.
async function listen() {
  listening = true;
  for (;;) {
    await server
      .request('subscriptions/listen', { notifications: { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true } }, {
        onNotification: ({ method }) => method.endsWith('/list_changed') && follow(),
      })
      .catch((e) => e.response?.status === 401 && load()); // with a fresh token, or the person
    do await new Promise((done) => setTimeout(done, 2000));
    while (!byId('sign-in').hidden);
  }
}

addEventListener('hashchange', () => open(true));

let trouble;
await comeBack().catch((e) => (trouble = `The sign-in did not work: ${e.message}`));
account.show();
await load();
if (trouble) account.ask(undefined, trouble);
// The first build brings the app's own metadata, by which the page is allowed to sign in: only a new page has that.
watch(byId('build'), byId('problems'), 'serving' in document.body.dataset ? follow : () => location.reload());
