/* The feed: evidence in a drawer beside the list (a dialog over it on a phone), and newer reports behind one button,
   so that the list never jumps. Without this script every report still leads to its own page. */
(function () {
  'use strict';
  var narrow = window.matchMedia('(max-width: 40rem)'), from = null, asked = 0, seenNewest = null;
  function all(selector, from_) { return Array.prototype.slice.call((from_ || document).querySelectorAll(selector)); }
  function drawer() { return document.getElementById('evidence'); }
  function note(words) { var p = document.createElement('p'); p.className = 'wait drawer-body'; p.textContent = words; return p; }

  function fetched(address) {
    return fetch(address, { headers: { Accept: 'text/html' }, credentials: 'same-origin', cache: 'no-store' }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.text();
    }).then(function (text) { return new DOMParser().parseFromString(text, 'text/html'); });
  }

  /* On a phone the drawer is modal: everything else is inert, so that focus cannot leave it. */
  function isolate(on) {
    all('.skip, .masthead, .strip, .lede, .controls, .feed-page > section, .colophon').forEach(function (el) { el.inert = on; });
  }

  function open(link, isNew) {
    var box = drawer(), inside = box.querySelector('[data-drawer]'), turn = ++asked, address = link.getAttribute('href');
    all('.entry.is-open').forEach(function (el) { el.classList.remove('is-open'); });
    from = link;
    link.closest('.entry').classList.add('is-open');
    inside.replaceChildren(note(box.dataset.loading));
    box.hidden = false;
    box.classList.add('is-open');
    box.setAttribute('role', narrow.matches ? 'dialog' : 'complementary');
    if (narrow.matches) { box.setAttribute('aria-modal', 'true'); } else { box.removeAttribute('aria-modal'); }
    isolate(narrow.matches);
    box.scrollTop = 0;
    box.querySelector('[data-close]').focus({ preventScroll: true });
    if (isNew) { history.replaceState(null, '', '#' + encodeURIComponent(address)); }
    fetched(address).then(function (page) {
      var found = page.querySelector('[data-evidence]');
      if (turn !== asked) { return; }
      if (!found) { throw new Error('no evidence'); }
      inside.replaceChildren(document.adoptNode(found));
      window.monitorPage.writeTimes(inside);
      window.monitorPage.bindEvidence(inside);
    }).catch(function () { if (turn === asked) { inside.replaceChildren(note(box.dataset.failed)); } });
  }

  function close() {
    asked += 1;
    isolate(false);
    drawer().hidden = true;
    drawer().classList.remove('is-open');
    all('.entry.is-open').forEach(function (el) { el.classList.remove('is-open'); });
    history.replaceState(null, '', location.pathname + location.search);
    if (from) { from.focus(); }
  }

  function bindEntries(list) {
    all('.entry h3 a', list).forEach(function (link) {
      link.addEventListener('click', function (event) {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) { return; }
        event.preventDefault();
        open(link, true);
      });
    });
  }

  /* The address opens the evidence: /feed?…#/item?key=… */
  function openAddressed() {
    var wanted = decodeURIComponent(location.hash.slice(1));
    var link = wanted && all('.entry h3 a').find(function (a) { return a.getAttribute('href') === wanted; });
    if (link) { open(link, false); }
  }

  /* What the same filters give now, and how many of it are not on this page. */
  function look(button) {
    fetched(location.pathname + location.search).then(function (page) {
      var here = new Set(all('[data-reports] .entry').map(function (el) { return el.dataset.id; }));
      var fresh = all('[data-reports] .entry', page).filter(function (el) { return !here.has(el.dataset.id); });
      if (!fresh.length) { return; }
      seenNewest = page;
      var form = new Intl.PluralRules(document.documentElement.lang).select(fresh.length);
      var words = button.dataset[form] || button.dataset.many || button.dataset.other;
      button.textContent = words.replace('{n}', fresh.length);
      button.hidden = false;
    }).catch(function () { /* the next change asks again */ });
  }

  function bindNewer() {
    var button = document.querySelector('.newer'), timer = null;
    if (!button) { return; }
    button.addEventListener('click', function () {
      var list = document.querySelector('[data-reports]'), there = seenNewest && seenNewest.querySelector('[data-reports]');
      if (!there) { location.reload(); return; }
      list.replaceWith(document.adoptNode(there));
      var shown = document.querySelector('[data-reports]');
      window.monitorPage.writeTimes(shown);
      bindEntries(shown);
      document.getElementById('feed-count').textContent = seenNewest.getElementById('feed-count').textContent;
      button.hidden = true;
      seenNewest = null;
      var first = shown.querySelector('.entry h3 a');
      if (first) { first.focus({ preventScroll: true }); }
    });
    var stream = new EventSource('/v1/stream');
    stream.addEventListener('change', function () {
      if (timer === null) { timer = setTimeout(function () { timer = null; look(button); }, 300); }
    });
  }

  document.addEventListener('DOMContentLoaded', function () {
    bindEntries(document);
    bindNewer();
    drawer().querySelector('[data-close]').addEventListener('click', close);
    document.addEventListener('keydown', function (event) { if (event.key === 'Escape' && !drawer().hidden) { close(); } });
    openAddressed();
  });
}());
