// Numbers about the work so far.
'use strict';

const WORDS = ['first much better', 'first better', 'first slightly better', 'about the same', 'second slightly better', 'second better', 'second much better'];
const number = (value, digits) => value === null ? '–' : value.toFixed(digits);
const time = seconds => seconds === null ? '–' : seconds < 90 ? seconds.toFixed(seconds < 10 ? 1 : 0) + ' s' : (seconds / 60).toFixed(1) + ' min';

function element(name, text, type) {
  const e = document.createElement(name);
  e.textContent = text;
  if (type) e.className = type;
  return e;
}

function facts(box, pairs) {
  box.replaceChildren(...pairs.map(([name, value]) => {
    const fact = element('div', '', 'fact');
    fact.append(element('span', name), element('strong', value));
    return fact;
  }));
}

async function load() {
  try {
    const p = await request('/api/progress');
    trouble(null);
    meter(p.given, p.wanted);
    facts($('facts'), [['Answers', p.given + ' of ' + p.wanted], ['Items complete', p.complete + ' of ' + p.items],
      ['Clusters seen', p.clusters.seen + ' of ' + p.clusters.all], ['Answered items a cluster', p.clusters.least + ' to ' + p.clusters.most],
      ...(p.failed ? [['Without a draft', String(p.failed)]] : [])]);
    $('people').replaceChildren(...p.people.map(person => {
      const row = document.createElement('tr');
      const name = element('th', person.name);
      name.scope = 'row';
      row.append(name, ...[person.edited, person.untouched, person.rated, person.skipped, time(person.seconds),
        person.distance === null ? '–' : number(100 * person.distance, 1) + ' %'].map(text => element('td', text, 'n')));
      return row;
    }));
    if (!p.people.length) {
      const cell = element('td', 'Nobody yet.');
      cell.colSpan = 7;
      const row = document.createElement('tr');
      row.append(cell);
      $('people').append(row);
    }
    const a = p.agreement;
    $('agreement-words').textContent = a.rated || a.edited ? 'Of ' + a.rated + ' items that several people rated and ' + a.edited + ' that several edited:'
      : 'Nothing yet that several people answered.';
    $('agreement').hidden = !(a.rated || a.edited);
    facts($('agreement'), [['Alpha, ordinal', number(a.ordinal, 3)], ['Alpha, interval', number(a.interval, 3)],
      ['Same side', a.same_side === null ? '–' : number(100 * a.same_side, 0) + ' %'], ['Distance of texts', a.distance === null ? '–' : number(100 * a.distance, 1) + ' %']]);
    const most = Math.max(1, ...p.ratings);
    $('ratings').replaceChildren(...p.ratings.map((count, i) => {
      const li = document.createElement('li');
      const bar = element('i', '');
      const fill = document.createElement('b');
      fill.style.width = 100 * count / most + '%';
      bar.append(fill);
      li.append(element('span', WORDS[i]), bar, element('strong', String(count)));
      return li;
    }));
  } catch (e) { trouble(e); }
}

$('who').textContent = person.name;
$('export').addEventListener('click', async () => {
  $('exported').textContent = 'Writing …';
  try {
    const e = await request('/api/export', {});
    $('exported').textContent = e.conversations + ' conversations and ' + e.preferences + ' preferences in ' + e.folder;
  } catch (error) { $('exported').textContent = ''; trouble(error); }
});
load();
setInterval(load, 10000);
