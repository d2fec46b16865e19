/* Keeps the page Now true: each change from the stream makes it ask for the whole snapshot again, so that sentence,
   counts, map and list can never disagree. After three missed heartbeats nothing clear stays clear. */
(function () {
  'use strict';
  var HEARTBEAT = 15000, last = Date.now(), timer = null, isAsking = false, isStale = false;

  function strip() { return document.querySelector('.strip'); }

  function fresh() { last = Date.now(); if (isStale) { isStale = false; refresh(); } }

  function refresh() {
    if (isAsking) { timer = timer || setTimeout(function () { timer = null; refresh(); }, 300); return; }
    isAsking = true;
    fetch(location.href, { headers: { Accept: 'text/html' }, credentials: 'same-origin' }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.text();
    }).then(function (text) {
      var page = new DOMParser().parseFromString(text, 'text/html');
      ['[data-live]', '.strip'].forEach(function (selector) {
        var here = document.querySelector(selector), there = page.querySelector(selector);
        if (here && there) { here.replaceWith(document.adoptNode(there)); }
      });
      window.monitorPage.writeTimes(document);
      window.monitorPage.bindMap();
    }).catch(function () { /* the watch below says that we are offline */ }).then(function () { isAsking = false; });
  }

  function goOffline() {
    isStale = true;
    strip().classList.add('is-off');
    var mode = strip().querySelector('.strip-mode'), said = mode.querySelector('[data-off]') || document.createElement('span');
    said.dataset.off = '';
    said.textContent = strip().dataset.offline.replace('{time}', new Date(last).toLocaleTimeString());
    mode.appendChild(said);
    Array.prototype.forEach.call(document.querySelectorAll('[data-state="clear"]'), function (el) { el.dataset.state = 'unknown'; });
  }

  document.addEventListener('DOMContentLoaded', function () {
    var stream = new EventSource('/v1/stream');
    stream.addEventListener('change', function () { fresh(); refresh(); });
    stream.addEventListener('heartbeat', fresh);
    stream.addEventListener('open', function () { fresh(); refresh(); });
    setInterval(function () {
      if (!isStale && Date.now() - last > 3 * HEARTBEAT) { goOffline(); }
    }, 1000);
    setInterval(refresh, 30000);
  });
}());
