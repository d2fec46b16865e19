/* A long range as a chart that zooms: uPlot over the same numbers as the table. Gaps stay gaps: null is not zero. */
(function () {
  'use strict';

  function draw(box, told) {
    var names = box.dataset.names.split('|'), ink = getComputedStyle(document.body).color, line = 'rgba(128,128,128,.25)';
    var widths = { width: Math.max(280, box.clientWidth), height: 240 };
    var axis = { stroke: ink, grid: { stroke: line }, ticks: { stroke: line } };
    var mark = getComputedStyle(box).color, bars = window.uPlot.paths.bars({ size: [0.8, 24] });
    return new window.uPlot({
      width: widths.width, height: widths.height, tzDate: function (seconds) { return window.uPlot.tzDate(new Date(seconds * 1e3), 'Etc/UTC'); },
      cursor: { drag: { x: true, y: false } }, scales: { y: { range: function (u, low, high) { return [0, Math.max(8, high || 0)]; } } },
      axes: [axis, Object.assign({ size: 44 }, axis)],
      series: [{ label: box.dataset.day, value: '{YYYY}-{MM}-{DD}' },
        { label: names[0], stroke: mark, width: 1, paths: bars, points: { show: false } },
        { label: names[1], stroke: mark, fill: mark, width: 1, paths: bars, points: { show: false } },
        { label: names[2], stroke: ink, width: 0, points: { show: true, size: 4 } }]
    }, [told.days, told.launched, told.shot_down, told.lost], box);
  }

  document.addEventListener('DOMContentLoaded', function () {
    Array.prototype.forEach.call(document.querySelectorAll('[data-zoom]'), function (box) {
      fetch(box.dataset.zoom, { credentials: 'same-origin' }).then(function (answer) {
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.json();
      }).then(function (told) {
        var chart = draw(box, told);
        box.classList.add('is-drawn');
        new ResizeObserver(function () { chart.setSize({ width: Math.max(280, box.clientWidth), height: 240 }); }).observe(box);
      }).catch(function () { box.hidden = true; /* the chart above and the table say the same */ });
    });
  });
}());
