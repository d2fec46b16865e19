/* Keeps the page Now true: each change from the stream makes it ask for the whole snapshot again, so that sentence,
   counts, map and list can never disagree. After three missed heartbeats nothing clear stays clear. */
(function () {
  'use strict';
  var HEARTBEAT = 15000, GATHER = 150, last = Date.now(), timer = null, isAsking = false, isAgain = false, isStale = false;
  var lastSaid = 0, stream = null;

  function strip() { return document.querySelector('.strip'); }
  function each(selector, from, act) { Array.prototype.forEach.call((from || document).querySelectorAll(selector), act); }

  /* Something came from the server: the connection stands. What was greyed out is fetched anew. */
  function heard() { last = Date.now(); if (isStale) { refresh(); } }

  /* Many changes in a burst make one question; a change that comes during the question makes another after it. */
  function soon() { if (timer === null) { timer = setTimeout(function () { timer = null; refresh(); }, GATHER); } }

  function refresh() {
    if (isAsking) { isAgain = true; return; }
    isAsking = true; isAgain = false;
    fetch(location.href, { headers: { Accept: 'text/html' }, credentials: 'same-origin', cache: 'no-store' }).then(function (answer) {
      if (answer.redirected && new URL(answer.url).pathname === '/sign-in') { location.assign(answer.url); }
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.text();
    }).then(take).catch(function () { /* the watch below says that we are offline */ }).then(function () {
      isAsking = false;
      if (isAgain) { soon(); }
    });
  }

  function take(text) {
    var page = new DOMParser().parseFromString(text, 'text/html'), before = states(document), changed = 0;
    var focused = document.activeElement && document.activeElement.getAttribute('href');
    if (!page.querySelector('[data-live]')) { return; }
    ['[data-live]', '.strip'].forEach(function (selector) {
      var here = document.querySelector(selector), there = page.querySelector(selector);
      if (here && there) { here.replaceWith(document.adoptNode(there)); }
    });
    last = Date.now(); isStale = false;
    window.monitorPage.writeTimes(document);
    window.monitorPage.bindMap();
    window.monitorPage.measureStrip();
    var after = states(document);
    Object.keys(after).forEach(function (id) {
      if (before[id] !== undefined && before[id] !== after[id]) {
        changed += 1;
        var row = document.getElementById('r-' + id);
        if (row) { row.classList.add('is-changed'); setTimeout(function () { row.classList.remove('is-changed'); }, 2000); }
      }
    });
    if (focused) {
      var again = Array.prototype.find.call(document.querySelectorAll('[data-live] a'), function (a) { return a.getAttribute('href') === focused; });
      if (again) { again.focus({ preventScroll: true }); }
    }
    if (changed) { say(document.querySelector('h1').textContent); }
  }

  function states(from) {
    var found = {};
    each('.map-region[data-region]', from, function (shape) { found[shape.dataset.region] = shape.dataset.state; });
    return found;
  }

  /* At most one announcement in five seconds. */
  function say(words) {
    var line = document.getElementById('said');
    if (!line || Date.now() - lastSaid < 5000) { return; }
    lastSaid = Date.now();
    line.textContent = words;
  }

  function goOffline() {
    var bar = strip(), time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(last));
    var mode = bar.querySelector('.strip-mode'), said = document.createElement('span'), title = document.querySelector('h1');
    isStale = true;
    bar.classList.add('is-off');
    said.dataset.off = '';
    said.textContent = ' ' + bar.dataset.offline.replace('{time}', time);
    mode.appendChild(said);
    title.textContent = bar.dataset.offlineTitle.replace('{time}', time);
    each('[data-live] [data-state="clear"]:not(.swatch)', null, function (el) {
      el.dataset.state = 'unknown';
      if (el.classList.contains('state')) { el.textContent = bar.dataset.unknown; }
      var name = el.querySelector('title'), words = el.querySelector('b + span');
      if (name) { name.textContent = name.textContent.split(':')[0] + ': ' + bar.dataset.unknown; }
      if (words) { words.textContent = bar.dataset.unknown; }
    });
    each('[data-live] .rows > li > span:first-child', null, function (el) {
      if (el.querySelector('.stale')) { return; }
      var mark = document.createElement('span');
      mark.className = 'stale';
      mark.textContent = ' ' + bar.dataset.stale;
      el.appendChild(mark);
    });
    say(title.textContent);
  }

  function listen() {
    stream = new EventSource('/v1/stream');
    stream.addEventListener('change', function () { heard(); soon(); });
    stream.addEventListener('heartbeat', heard);
    stream.addEventListener('open', function () { heard(); soon(); });
  }

  document.addEventListener('DOMContentLoaded', function () {
    /* The first question closes the gap between the page as it was made and the stream as it was opened. */
    listen();
    setInterval(function () {
      if (!isStale && Date.now() - last > 3 * HEARTBEAT) { goOffline(); }
      if (stream.readyState === 2) { listen(); }  /* an answer other than 200 ends an EventSource for good */
    }, 1000);
    setInterval(refresh, 30000);
  });
}());
