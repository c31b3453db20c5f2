// What both pages need: requests, the person's name, keys.
'use strict';

const $ = id => document.getElementById(id);

/** A request; throws an Error with a sentence for the person. */
async function request(path, body) {
  let response;
  try {
    response = await fetch(path, body === undefined ? {} : {
      method: 'POST', headers: {'Content-Type': 'application/json', 'X-Llama3v': '1'}, body: JSON.stringify(body)});
  } catch (e) {
    const error = new Error('The server does not answer. Nothing is lost: start llama3v annotate again and this page goes on.');
    error.offline = true;
    throw error;
  }
  let json;
  try {
    json = await response.json();
  } catch (e) {
    throw new Error('The server answered with something that is no answer (' + response.status + ').');
  }
  if (!response.ok) throw new Error(json.error || 'The server refused (' + response.status + ').');
  return json;
}

function trouble(error) {
  const box = $('trouble');
  box.hidden = !error;
  box.textContent = error ? error.message || String(error) : '';
}

const person = {
  get id() { return Number(localStorage.getItem('annotator')) || 0; },
  get name() { return localStorage.getItem('annotator-name') || ''; },
  set(id, name) { localStorage.setItem('annotator', id); localStorage.setItem('annotator-name', name); },
};

function meter(given, wanted) {
  const share = wanted ? Math.round(100 * given / wanted) : 0;
  $('meter').setAttribute('aria-valuenow', share);
  $('meter').firstElementChild.style.width = share + '%';
  $('meter').title = given + ' of ' + wanted + ' answers';
}

const singleKeys = () => localStorage.getItem('single-keys') !== 'off';
const typing = target => target.matches && target.matches('textarea, input:not([type=radio]):not([type=checkbox])');

/** Keys: whatever has data-key is clicked by it, where it can be seen and nothing is being typed. */
document.addEventListener('keydown', event => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !singleKeys() || typing(event.target)) return;
  if (document.querySelector('dialog[open]')) return;
  const key = event.key.toLowerCase();
  for (const element of document.querySelectorAll('[data-key]')) {
    if (element.dataset.key === key && !element.disabled && element.checkVisibility()) {
      event.preventDefault();
      element.click();
      return;
    }
  }
});
