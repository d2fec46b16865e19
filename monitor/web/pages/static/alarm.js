/* Sound and badge, for who switches them on. The tab's title and icon say how many of the chosen regions are under
   alert, and a question mark as long as anything chosen is unknown or the connection is lost: never nothing instead.
   A new alert makes two tones, the loss of sight one low one, an all-clear none. */
(function () {
  'use strict';
  var KEY = 'monitor.alarm', ICONS = { alert: '/static/icon-alert.svg', unknown: '/static/icon-unknown.svg', plain: '/static/icon.svg' };
  var box = null, chosen = read(), before = null, isBlind = false, audio = null, title = document.title;

  function read() {
    try { return Object.assign({ sound: false, badge: false, all: true, regions: [] }, JSON.parse(localStorage.getItem(KEY)) || {}); }
    catch (e) { return { sound: false, badge: false, all: true, regions: [] }; }
  }
  function keep() { try { localStorage.setItem(KEY, JSON.stringify(chosen)); } catch (e) { /* private mode: for this page only */ } }
  function all(selector, from) { return Array.prototype.slice.call((from || document).querySelectorAll(selector)); }
  function isOn() { return chosen.sound || chosen.badge; }

  /* State of every chosen region as the page shows it; permanent alerts are no news. */
  function states() {
    var found = {};
    all('.map-region[data-region]').forEach(function (shape) {
      var id = shape.dataset.region;
      if (!('standing' in shape.dataset) && (chosen.all || chosen.regions.indexOf(id) >= 0)) { found[id] = shape.dataset.state; }
    });
    return found;
  }

  function isAlert(state) { return state === 'active' || state === 'partial'; }

  /* What is heard of a change: an alert that begins or grows, or that something chosen can no longer be seen. */
  function judge() {
    var now = states(), rings = false, fades = false;
    Object.keys(now).forEach(function (id) {
      var was = before ? before[id] : undefined;
      if (was === undefined || was === now[id]) { return; }
      if (now[id] === 'active' || (now[id] === 'partial' && was !== 'active')) { rings = true; }
      if (now[id] === 'unknown') { fades = true; }
    });
    before = now;
    if (rings) { tone([660, 880, 660, 880]); } else if (fades && !isBlind) { tone([220]); }
    show();
  }

  function lost() {
    if (!isBlind) { isBlind = true; if (Object.keys(states()).length) { tone([220]); } }
    show();
  }

  /* ── sound ── */
  function context() {
    var Made = window.AudioContext || window.webkitAudioContext;
    if (!audio && Made) {
      audio = new Made();
      audio.onstatechange = show;
    }
    return audio;
  }

  function tone(notes, isTrial) {
    var asked = Date.now();
    if ((!chosen.sound && !isTrial) || !context()) { return; }
    if (audio.state === 'running') { play(notes); return; }
    audio.resume().then(function () {  /* which may be minutes later, at the reader's next click: too late for a tone */
      if (Date.now() - asked < 2000) { play(notes); }
      show();
    }).catch(show);
    show();
  }

  function play(notes) {
    notes.forEach(function (pitch, nth) {
      var from = audio.currentTime + nth * 0.28, wave = audio.createOscillator(), level = audio.createGain();
      wave.type = 'sine';
      wave.frequency.value = pitch;
      level.gain.setValueAtTime(0.0001, from);
      level.gain.exponentialRampToValueAtTime(0.35, from + 0.03);
      level.gain.exponentialRampToValueAtTime(0.0001, from + 0.26);
      wave.connect(level).connect(audio.destination);
      wave.start(from);
      wave.stop(from + 0.27);
    });
  }

  /* A browser plays nothing before the reader has touched the page: the first touch lets it. */
  function wake() { if (chosen.sound && context() && audio.state !== 'running') { audio.resume().then(show).catch(show); } }

  /* ── what is shown ── */
  function show() {
    var now = states(), ids = Object.keys(now);
    var alerts = ids.filter(function (id) { return isAlert(now[id]); }).length;
    var isUnknown = isBlind || ids.some(function (id) { return now[id] === 'unknown'; });
    var mark = chosen.badge && ids.length ? [alerts || '', isUnknown ? '?' : ''].filter(String).join(' ') : '';
    document.title = (mark ? '(' + mark + ') ' : '') + title;
    var icon = !mark ? ICONS.plain : alerts ? ICONS.alert : ICONS.unknown, link = document.querySelector('link[rel="icon"]');
    if (link && link.getAttribute('href') !== icon) { link.setAttribute('href', icon); }
    write(ids.length);
  }

  function write(count) {
    var words = box.dataset.off, blocked = box.querySelector('[data-blocked]');
    if (isOn()) {
      var form = new Intl.PluralRules(document.documentElement.lang).select(count);
      words = !count ? box.dataset.nothing : chosen.all ? box.dataset.onAll : (box.dataset[form] || box.dataset.other || box.dataset.many).replace('{n}', count);
      if (isBlind) { words += '. ' + box.dataset.blind; }
    }
    var isHeld = chosen.sound && (!context() || audio.state !== 'running');
    blocked.hidden = !isHeld;
    blocked.textContent = window.AudioContext || window.webkitAudioContext ? box.dataset.held : box.dataset.none;
    box.classList.toggle('is-on', isOn());
    box.classList.toggle('is-held', isHeld || (isOn() && (isBlind || !count)));
    if (isHeld) { words += '. ' + blocked.textContent; }
    var said = box.querySelector('[data-said]');
    if (said.textContent !== words) { said.textContent = words; }
    all('[name="alarm-region"]', box).forEach(function (one) { one.disabled = chosen.all; });
  }

  function bind() {
    box = document.querySelector('[data-alarm]');
    if (!box) { return; }
    box.hidden = false;
    box.querySelector('[name="alarm-sound"]').checked = chosen.sound;
    box.querySelector('[name="alarm-badge"]').checked = chosen.badge;
    box.querySelector('[name="alarm-all"]').checked = chosen.all;
    all('[name="alarm-region"]', box).forEach(function (one) { one.checked = chosen.regions.indexOf(one.value) >= 0; });
    box.addEventListener('change', function () {
      chosen = {
        sound: box.querySelector('[name="alarm-sound"]').checked, badge: box.querySelector('[name="alarm-badge"]').checked,
        all: box.querySelector('[name="alarm-all"]').checked,
        regions: all('[name="alarm-region"]:checked', box).map(function (one) { return one.value; })
      };
      keep();
      before = states();
      wake();
      show();
    });
    box.querySelector('[data-try]').addEventListener('click', function () { context(); tone([660, 880, 660, 880], true); });
    ['pointerdown', 'keydown'].forEach(function (kind) { document.addEventListener(kind, wake, { passive: true }); });
    before = states();
    document.addEventListener('monitor:states', function (event) { if (event.detail.isLive) { isBlind = false; } judge(); });
    document.addEventListener('monitor:lost', lost);
    window.addEventListener('storage', function (event) { if (event.key === KEY) { chosen = read(); before = states(); show(); } });
    show();
  }

  document.addEventListener('DOMContentLoaded', bind);
}());
