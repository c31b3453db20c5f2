// One item after the other: show it, take the answer, keep it, go on.
'use strict';

const SCALE = ['A is much better', 'A is better', 'A is slightly better', 'about the same', 'B is slightly better', 'B is better', 'B is much better'];
const IDLE = 60000; // longer without a move, a key or a scroll is no work on the item

let item = null;      // what is shown
let base = '';        // the draft that the text began as
let history = [];     // items answered before, in order
let place = -1;       // where in the history; -1: a new item
let poll = 0;
let saving = false;
let clock = {active: 0, since: 0, last: 0};

// Time: while the page is in front and used.
function tick() {
  const now = performance.now();
  if (clock.since) clock.active += Math.max(0, Math.min(now, clock.last + IDLE) - clock.since);
  clock.since = document.visibilityState === 'visible' && document.hasFocus() ? now : 0;
}
function used() { tick(); clock.last = performance.now(); }
for (const kind of ['keydown', 'pointermove', 'pointerdown', 'scroll']) addEventListener(kind, used, {passive: true, capture: true});
for (const kind of ['focus', 'blur']) addEventListener(kind, tick);
document.addEventListener('visibilitychange', tick);
setInterval(tick, 5000);

const rating = () => { const on = document.querySelector('#scale input:checked'); return on ? Number(on.value) : null; };
const better = () => { const r = rating(); return r === null || r === 0 ? null : r > 0 ? 1 : 0; };
const unsaved = () => 'unsaved-' + person.id + '-' + item.id;

function show(which) {
  for (const id of ['welcome', 'done', 'item']) $(id).hidden = id !== which;
}

function status(words) { $('status').textContent = words || ''; }

async function begin() {
  $('who').textContent = person.name;
  $('rename').hidden = !person.id;
  if (!person.id) { show('welcome'); $('name').focus(); return; }
  try {
    history = (await request('/api/mine?annotator=' + person.id)).items;
    await next();
  } catch (e) {
    // The store may be another one than the name was given to.
    if (/Nobody has the number/.test(e.message)) { person.set('', person.name); $('name').value = person.name; begin(); }
    else later(e, begin);
  }
}

/** Says what is wrong and tries again where the server is away. */
function later(error, again) {
  trouble(error);
  clearTimeout(poll);
  if (error.offline) poll = setTimeout(again, 2000);
}

async function next() {
  clearTimeout(poll);
  place = -1;
  try {
    const answer = await request('/api/next?annotator=' + person.id);
    trouble(null);
    progress();
    if (answer.state === 'item') { status(''); open(answer.item); }
    else if (answer.state === 'done') { status(''); item = null; show('done'); $('main').focus(); }
    else { item = null; show(''); status('The model is drafting …'); poll = setTimeout(next, 400); }
  } catch (e) { later(e, next); }
}

async function progress() {
  try { const p = await request('/api/progress'); meter(p.given, p.wanted); } catch (e) { /* the line above stays as it was */ }
}

function open(shown) {
  item = shown;
  base = null;
  clock = {active: 0, since: 0, last: performance.now()};
  tick();
  show('item');
  const rate = item.task === 'rate';
  $('kind').textContent = (place < 0 ? '' : 'Answered before · ') + (rate ? 'Rate two answers' : 'Correct the answer');
  $('question').textContent = item.question;
  $('origin').textContent = item.like === undefined ? 'from cluster ' + (item.cluster + 1) : item.like ? 'like item ' + item.like : 'like a seed picture';
  $('more').hidden = !item.like_possible;
  $('picture').src = item.picture;
  zoom(false);
  $('rate').hidden = !rate;
  for (const input of document.querySelectorAll('#scale input')) input.checked = false;
  const said = item.previous || {};
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(unsaved())); } catch (e) { /* nothing usable was kept */ }
  if (rate) {
    $('text-a').textContent = item.answers[0];
    $('text-b').textContent = item.answers[1];
    const r = kept ? kept.rating : said.kind === 'rate' ? said.rating : null;
    if (r !== null && r !== undefined) document.querySelector('#scale input[value="' + r + '"]').checked = true;
    rated(false);
    const text = kept ? kept.text : said.text;
    if (better() !== null && text) $('text').value = text;
  } else {
    base = item.answers[0];
    $('edit').hidden = false;
    $('text').value = kept ? kept.text : said.kind === 'edit' ? said.text : base;
  }
  $('text-label').textContent = rate ? 'The better answer, improved' : 'The model\'s answer';
  $('text-help').textContent = rate ? 'Improve it if there is something to improve.' : 'Correct it, or accept it as it is.';
  if (said.kind === 'skip') status('You skipped this one' + (said.text ? ': ' + said.text : '.'));
  $('forward').hidden = place < 0;
  for (const back of document.querySelectorAll('.back')) back.disabled = before() < 0;
  changed();
  $('question').focus({preventScroll: true});
  scrollTo(0, 0);
}

/** Where Back leads in the history. */
function before() { return place < 0 ? history.length - 1 : place - 1; }

function rated(byHand) {
  const r = rating();
  const side = better();
  $('chosen').textContent = r === null ? 'Press 1 to 7.' : SCALE[r + 3] + '.';
  $('answer-a').classList.toggle('better', side === 0);
  $('answer-b').classList.toggle('better', side === 1);
  $('edit').hidden = side === null;
  const draft = side === null ? '' : item.answers[side];
  if (draft !== base || byHand && side === null) { base = draft; $('text').value = draft; }
  changed();
}

function changed() {
  if (!item) return;
  const text = $('text').value;
  const touched = text.trim() !== base;
  $('restore').disabled = !touched;
  $('count').textContent = text.length > 7000 ? text.length + ' of 8000 characters' : '';
  const label = item.task === 'rate' ? (touched && better() !== null ? 'Save with edit' : 'Save') : touched ? 'Save' : 'Accept';
  $('save').firstChild.textContent = label + ' ';
  $('save').lastElementChild.textContent = document.activeElement === $('text') ? 'Ctrl Enter' : 'Enter';
  const begun = touched || item.task === 'rate' && rating() !== null;
  if (begun) localStorage.setItem(unsaved(), JSON.stringify({text, rating: rating()}));
  else localStorage.removeItem(unsaved());
}

async function send(answer) {
  if (saving || !item) return;
  saving = true;
  $('work').setAttribute('aria-busy', 'true');
  tick();
  const token = (crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, '0')).join(''));
  const body = {...answer, item: item.id, annotator: person.id, active_ms: Math.round(clock.active), token};
  try {
    // The same token again: where only the reply was lost the answer is kept once.
    for (let attempt = 0; ; attempt++) {
      try { await request('/api/answers', body); break; } catch (e) {
        if (!e.offline || attempt === 30) throw e;
        trouble(e);
        await new Promise(done => setTimeout(done, 1000));
      }
    }
    trouble(null);
    localStorage.removeItem(unsaved());
    if (!history.includes(item.id)) history.push(item.id);
    saving = false;
    if (place >= 0 && place < history.length - 1) await goTo(place + 1); else await next();
  } catch (e) { trouble(e); }
  saving = false;
  $('work').removeAttribute('aria-busy');
}

function submit() {
  if (!item || saving) return;
  const text = $('text').value.trim();
  if (item.task === 'edit') {
    if (!text) { trouble('An answer may not be empty. Skip the picture if there is nothing to say.'); $('text').focus(); return; }
    send({kind: 'edit', text});
    return;
  }
  if (rating() === null) { trouble('Rate the answers first, 1 to 7.'); document.querySelector('#scale input').focus(); return; }
  send({kind: 'rate', rating: rating(), text: better() !== null && text && text !== base ? text : null});
}

async function goTo(index) {
  if (index < 0 || index >= history.length) { next(); return; }
  try {
    const shown = await request('/api/items/' + history[index] + '?annotator=' + person.id);
    trouble(null);
    status('');
    place = index;
    open(shown);
  } catch (e) { trouble(e); }
}

function zoom(on) {
  $('item').classList.toggle('zoomed', on);
  $('zoom').setAttribute('aria-pressed', on);
  $('zoom').setAttribute('aria-label', on ? 'Picture at its usual size' : 'Enlarge the picture');
}

// The scale.
SCALE.forEach((words, i) => {
  const label = document.createElement('label');
  const input = document.createElement('input');
  const digit = document.createElement('span');
  input.type = 'radio';
  input.name = 'rating';
  input.value = i - 3;
  input.setAttribute('aria-label', i + 1 + ': ' + words);
  digit.textContent = i + 1;
  label.title = words;
  label.append(input, digit);
  $('scale').append(label);
});
$('scale').addEventListener('change', () => { trouble(null); rated(true); });

$('picture').addEventListener('load', () => {
  // Drawings of few pixels are shown as they are, larger; photographs smoothly.
  $('picture').classList.toggle('small', $('picture').naturalWidth <= 160 && $('picture').naturalHeight <= 160);
});
$('picture').addEventListener('error', () => trouble('The picture cannot be shown. Skip it, or reload the page.'));

$('name-form').addEventListener('submit', async event => {
  event.preventDefault();
  try {
    const known = await request('/api/annotators', {name: $('name').value});
    person.set(known.id, known.name);
    trouble(null);
    begin();
  } catch (e) { trouble(e); }
});
$('rename').addEventListener('click', () => { person.set('', ''); item = null; $('name').value = ''; begin(); });
$('work').addEventListener('submit', event => { event.preventDefault(); submit(); });
$('text').addEventListener('input', () => { trouble(null); changed(); });
for (const kind of ['focus', 'blur']) $('text').addEventListener(kind, changed);
$('to-text').addEventListener('click', () => { $('text').focus(); $('text').setSelectionRange($('text').value.length, $('text').value.length); });
$('restore').addEventListener('click', () => { $('text').value = base; changed(); $('question').focus({preventScroll: true}); status('The draft is back.'); });
$('zoom').addEventListener('click', () => zoom(!$('item').classList.contains('zoomed')));
for (const back of document.querySelectorAll('.back')) back.addEventListener('click', () => { if (before() >= 0) goTo(before()); });
$('forward').addEventListener('click', () => goTo(place + 1));
$('more').addEventListener('click', async () => {
  try {
    const {found} = await request('/api/more', {item: item.id, annotator: person.id});
    status(found ? found + (found === 1 ? ' picture' : ' pictures') + ' like this one come next.' : 'No picture like this one is left.');
    progress();
  } catch (e) { trouble(e); }
});
$('skip').addEventListener('click', () => { $('reason').value = ''; $('skip-dialog').showModal(); $('reason').focus(); });
$('skip-form').addEventListener('submit', event => { event.preventDefault(); $('skip-dialog').close(); send({kind: 'skip', text: $('reason').value}); });
$('help-open').addEventListener('click', () => { $('single-keys').checked = singleKeys(); $('help').showModal(); });
$('single-keys').addEventListener('change', () => localStorage.setItem('single-keys', $('single-keys').checked ? 'on' : 'off'));
for (const close of document.querySelectorAll('dialog .close')) close.addEventListener('click', () => close.closest('dialog').close());

document.addEventListener('keydown', event => {
  if (document.querySelector('dialog[open]') || !item) return;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); submit(); return; }
  if (event.key === 'Escape' && event.target === $('text')) { event.preventDefault(); $('question').focus({preventScroll: true}); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || !singleKeys() || typing(event.target)) return;
  if (item.task === 'rate' && /^[1-7]$/.test(event.key)) {
    event.preventDefault();
    const input = document.querySelectorAll('#scale input')[event.key - 1];
    input.checked = true;
    if (event.target.name === 'rating') input.focus();
    trouble(null);
    rated(true);
    return;
  }
  if (event.key === 'Enter' && !event.target.closest('button, a')) { event.preventDefault(); submit(); }
}, true);

begin();
