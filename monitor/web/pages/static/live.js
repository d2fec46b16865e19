/* Keeps the page Now true: each change from the stream makes it ask for the whole snapshot again, so that sentence,
   counts, map and list can never disagree. A broken stream, or a change whose snapshot cannot be had, is said within
   seconds; after three missed heartbeats nothing clear stays clear. */
(function () {
  'use strict';
  var HEARTBEAT = 15000, GATHER = 150, GRACE = 5000, PATIENCE = 10000, stream = null, timer = null, lastSaid = 0;
  var last = Date.now(), lateSince = 0;  /* when something was heard; since when the stream is broken (0: it is not) */
  var owed = 0;  /* since when a snapshot is wanted that is not here: a change was told, or a question failed (0: none) */
  var isAsking = false, isAgain = false, isLate = false, isStale = false;

  function strip() { return document.querySelector('.strip'); }
  function each(selector, from, act) { Array.prototype.forEach.call((from || document).querySelectorAll(selector), act); }

  /* Something came from the server: the connection stands. What was greyed out is fetched anew. */
  function heard() { last = Date.now(); if (isStale || isLate || owed) { refresh(); } }

  /* Many changes in a burst make one question; a change that comes during the question makes another after it. */
  function soon() {
    if (document.hidden) { refresh(); return; }  /* a tab in the background has its timers held back, up to a minute */
    if (timer === null) { timer = setTimeout(function () { timer = null; refresh(); }, GATHER); }
  }

  function refresh() {
    var limit = new AbortController(), bell = setTimeout(function () { limit.abort(); }, PATIENCE);
    if (isAsking) { isAgain = true; clearTimeout(bell); return; }
    isAsking = true; isAgain = false;
    fetch(location.href, { headers: { Accept: 'text/html' }, credentials: 'same-origin', cache: 'no-store', signal: limit.signal }).then(function (answer) {
      if (answer.redirected && new URL(answer.url).pathname === '/sign-in') { location.assign(answer.url); }
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.text();
    }).then(take).catch(function () {
      if (!owed) { owed = Date.now(); }  /* also where nothing was told: what stands here is as old as the last answer */
    }).then(function () {
      clearTimeout(bell);
      isAsking = false;
      if (isAgain) { soon(); }
    });
  }

  function take(text) {
    var page = new DOMParser().parseFromString(text, 'text/html'), before = states(document), changed = 0;
    var focused = document.activeElement && document.activeElement.getAttribute('href');
    if (!page.querySelector('[data-live]')) { throw new Error('not the page'); }
    if (!isAgain) { owed = 0; }
    ['[data-live]', '.strip'].forEach(function (selector) {
      var there = page.querySelectorAll(selector);
      Array.prototype.forEach.call(document.querySelectorAll(selector), function (here, nth) {
        if (there[nth]) { here.replaceWith(document.adoptNode(there[nth])); }
      });
    });
    last = Date.now(); isStale = false;
    if (stream && stream.readyState === 1 && !owed) { isLate = false; } else if (isLate) { markLate(); }
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
    document.dispatchEvent(new CustomEvent('monitor:states', { detail: { isLive: !isLate } }));
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

  function hour(at) { return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(at)); }

  /* The connection is broken, and may be back in a moment: said at once, before anything is taken for unknown. */
  function goLate() {
    if (isLate || isStale) { return; }
    isLate = true;
    markLate();
    document.dispatchEvent(new CustomEvent('monitor:lost'));
  }

  function markLate() {
    var bar = strip(), said = document.createElement('span');
    bar.classList.add('is-late');
    said.dataset.late = '';
    said.textContent = ' ' + bar.dataset.late + ': ' + bar.dataset.lateSince.replace('{time}', hour(lateSince || owed || last));
    bar.querySelector('.strip-mode').appendChild(said);
  }

  function goOffline() {
    var bar = strip(), time = hour(last);
    var mode = bar.querySelector('.strip-mode'), said = document.createElement('span'), title = document.querySelector('h1');
    isStale = true;
    each('[data-late]', bar.querySelector('.strip-mode'), function (el) { el.remove(); });
    bar.classList.remove('is-late');
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
    document.dispatchEvent(new CustomEvent('monitor:lost'));
  }

  function listen() {
    stream = new EventSource('/v1/stream');
    stream.addEventListener('change', function () { last = Date.now(); if (!owed) { owed = last; } soon(); });
    stream.addEventListener('heartbeat', heard);
    stream.addEventListener('open', function () { lateSince = 0; heard(); soon(); });
    stream.addEventListener('error', function () { if (!lateSince) { lateSince = Date.now(); } });
  }

  document.addEventListener('DOMContentLoaded', function () {
    /* The first question closes the gap between the page as it was made and the stream as it was opened. */
    listen();
    setInterval(function () {
      var now = Date.now(), lacking = owed ? now - owed : 0;
      if ((stream.readyState !== 1 && lateSince && now - lateSince > GRACE) || lacking > GRACE) { goLate(); }
      if (!isStale && (now - last > 3 * HEARTBEAT || lacking > 3 * HEARTBEAT)) { goOffline(); }
      if (owed && timer === null) { soon(); }
      if (stream.readyState === 2) { listen(); }  /* an answer other than 200 ends an EventSource for good */
    }, 1000);
    setInterval(refresh, 30000);
  });
}());
