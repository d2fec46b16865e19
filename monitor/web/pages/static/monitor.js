/* Behaviour of every page: preferences (language, zone, theme), times, map and board, the strip's height.
   No framework, no inline handler, no markup from strings. */
(function () {
  'use strict';
  var root = document.documentElement;
  function keep(key, value) { try { localStorage.setItem('monitor.' + key, value); } catch (e) { /* private mode */ } }
  function kept(key, other) { try { return localStorage.getItem('monitor.' + key) || other; } catch (e) { return other; } }
  function all(selector, from) { return Array.prototype.slice.call((from || document).querySelectorAll(selector)); }

  /* Before first paint, so that no one is blinded by a white flash at night. */
  var theme = kept('theme', 'auto');
  if (theme !== 'auto') { root.dataset.theme = theme; }

  function zoneOf(value) { return value === 'local' ? undefined : value; }

  /* Every moment is a <time datetime> in UTC; the zone only changes how it is written. */
  function writeTimes(from) {
    var zone = kept('zone', 'Europe/Kyiv');
    all('[data-as]', from).forEach(function (el) {
      var as = el.dataset.as, options = { timeZone: zoneOf(zone) };
      if (as.indexOf('d') >= 0) { options.day = 'numeric'; options.month = 'short'; }
      if (as.indexOf('y') >= 0) { options.year = 'numeric'; }
      if (as.indexOf('h') >= 0) { options.hour = '2-digit'; options.minute = '2-digit'; options.hourCycle = 'h23'; }
      if (as.indexOf('s') >= 0) { options.second = '2-digit'; }
      el.textContent = new Intl.DateTimeFormat(root.lang === 'en' ? 'en-GB' : root.lang, options).format(new Date(el.getAttribute('datetime') || el.dataset.at));
    });
    /* The date stands at the tick where a new day begins in the chosen zone. */
    all('.axis li', from).forEach(function (li, n) {
      var before = li.previousElementSibling, day = li.querySelector('b'), was = before && before.querySelector('b');
      li.classList.toggle('new-day', Boolean(day) && (n === 0 || Boolean(was) && was.textContent !== day.textContent));
    });
    all('[data-zone-name]', from).forEach(function (el) {
      var select = document.querySelector('[data-pref="zone"]');
      if (zone !== 'Europe/Kyiv' && select) { el.textContent = select.options[select.selectedIndex].textContent; }
    });
  }

  function bindPreferences() {
    var language = document.querySelector('[data-pref="language"]'), zone = document.querySelector('[data-pref="zone"]');
    var look = document.querySelector('[data-pref="theme"]');
    language.addEventListener('change', function () {
      document.cookie = 'language=' + language.value + ';path=/;max-age=31536000;samesite=strict';
      var address = new URL(location.href);
      address.searchParams.delete('lang');
      location.assign(address);
    });
    zone.value = kept('zone', 'Europe/Kyiv');
    zone.addEventListener('change', function () { keep('zone', zone.value); location.reload(); });
    look.value = kept('theme', 'auto');
    look.addEventListener('change', function () {
      keep('theme', look.value);
      if (look.value === 'auto') { delete root.dataset.theme; } else { root.dataset.theme = look.value; }
    });
  }

  /* The list is the accessible twin of the map; pointing at one shows the other. */
  function bindMap() {
    all('.map-region[data-region]').forEach(function (shape) {
      var row = document.getElementById('r-' + shape.dataset.region);
      if (!row) { return; }
      function mark(on) { shape.classList.toggle('is-pointed', on); row.classList.toggle('is-pointed', on); }
      [shape, row].forEach(function (el) {
        el.addEventListener('pointerenter', function () { mark(true); });
        el.addEventListener('pointerleave', function () { mark(false); });
      });
      shape.addEventListener('click', function () {
        row.scrollIntoView({ block: 'center' });
        var link = row.querySelector('a');
        if (link) { link.focus({ preventScroll: true }); }
      });
    });
  }

  /* The strip wraps in some languages; what sticks beneath it follows. */
  function measureStrip() {
    var strip = document.querySelector('.strip');
    if (!strip || !window.ResizeObserver) { return; }
    new ResizeObserver(function () { root.style.setProperty('--strip', strip.offsetHeight + 'px'); }).observe(strip);
  }

  /* A page can be printed by the browser's own command, too; the button only saves the way. */
  function bindPrint() {
    all('[data-print]').forEach(function (button) { button.hidden = false; button.addEventListener('click', function () { window.print(); }); });
    /* What is folded away on the screen is part of the printed page. */
    var folded = [];
    window.addEventListener('beforeprint', function () { folded = all('details.more:not([open])'); folded.forEach(function (one) { one.open = true; }); });
    window.addEventListener('afterprint', function () { folded.forEach(function (one) { one.open = false; }); folded = []; });
  }

  /* Evidence: a link to copy, and a case file with the reader's remark; made here, downloaded, never sent. */
  function bindEvidence(from) {
    all('[data-copy]', from).forEach(function (button) {
      button.hidden = !navigator.clipboard;
      button.addEventListener('click', function () { navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href); });
    });
    all('[data-case]', from).forEach(function (link) {
      link.addEventListener('click', function (event) {
        var remark = link.closest('.wrong').querySelector('textarea').value;
        event.preventDefault();
        fetch(link.href, { credentials: 'same-origin' }).then(function (answer) { return answer.ok ? answer.text() : ''; }).then(function (body) {
          var said = remark.split('\n').map(function (line) { return line ? '# ' + line.replace(/[\u0000-\u001f\u007f]/g, ' ') + '\n' : ''; }).join('');
          var file = document.createElement('a');
          file.href = URL.createObjectURL(new Blob([said + body], { type: 'application/toml' }));
          file.download = 'case-' + new URL(link.href).searchParams.get('key').replace(/[^A-Za-z0-9]+/g, '-') + '.toml';
          file.click();
          URL.revokeObjectURL(file.href);
        });
      });
    });
  }

  /* A choice in a form that only chooses is taken at once; without a script there is its button. */
  function bindChoices() {
    all('form[data-choose]').forEach(function (form) {
      form.addEventListener('change', function (event) { if (event.target.type !== 'datetime-local') { form.requestSubmit(); } });
    });
  }

  /* How old the newest data is grows while the page stands open; counted from the server's clock, not the reader's. */
  function ages() {
    var strip = document.querySelector('.strip'), box = strip && strip.querySelector('[data-newest]');
    if (!box) { return; }
    if (strip.monitorLoaded === undefined) { strip.monitorLoaded = Date.now(); }
    var s = Math.max(0, Math.floor(Number(strip.dataset.now) - Number(box.dataset.newest) + (Date.now() - strip.monitorLoaded) / 1000));
    var m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24), form = s < 60 ? 's' : m < 60 ? 'm' : h < 24 ? 'h' : 'd';
    var told = { s: [s], m: [m], h: [h, m % 60], d: [d, h % 24] }[form];
    var words = box.dataset.old.replace('{age}', box.dataset[form].replace('{n}', told[0]).replace('{m}', told[1]));
    if (box.textContent !== words) { box.textContent = words; }
  }

  window.monitorPage = { writeTimes: writeTimes, bindEvidence: bindEvidence, bindMap: bindMap, measureStrip: measureStrip };
  document.addEventListener('DOMContentLoaded', function () {
    bindPreferences();
    writeTimes(document);
    measureStrip(); bindMap(); bindEvidence(document); bindPrint(); bindChoices();
    ages();
    setInterval(ages, 1000);
  });
}());
