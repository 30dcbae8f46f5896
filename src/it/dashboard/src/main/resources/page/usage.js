// Shows the usage of this month and the last one. The data is in the page, or comes from usage.json, which is then read
// again every few seconds. Names were chosen by users of Twilio, so they are only ever added as text.
'use strict';

(() => {
  const DIGITS = 20;
  const DAYS = 31;
  const COLORS = 7;
  const HEIGHT = 260;
  const REFRESH_MILLIS = 2000;
  const DAY_MILLIS = 86_400_000;

  const byId = id => document.getElementById(id);
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const sum = amounts => amounts.reduce((total, amount) => total + amount, 0n);

  function element(tag, properties, ...children) {
    const created = Object.assign(document.createElement(tag), properties);
    created.append(...children);
    return created;
  }

  // Amounts are whole numbers of 10^-20, because a sum of floating-point numbers would drift. Only pixels are rounded.

  function amountOf(decimal) {
    const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal);
    return BigInt(sign + whole + fraction.slice(0, DIGITS).padEnd(DIGITS, '0'));
  }

  function decimalOf(amount) {
    const digits = (amount < 0n ? -amount : amount).toString().padStart(DIGITS + 1, '0');
    const fraction = digits.slice(-DIGITS).replace(/0+$/, '');
    return (amount < 0n ? '-' : '') + digits.slice(0, -DIGITS) + (fraction && '.' + fraction);
  }

  const pixelsOf = amount => Number(decimalOf(amount));

  function currencyFormat(currency, options) {
    try {
      return new Intl.NumberFormat('en', {style: 'currency', currency, ...options});
    } catch {
      return new Intl.NumberFormat('en', {minimumFractionDigits: 2, maximumFractionDigits: 2, ...options});
    }
  }

  // Twilio's days are UTC.

  const dateOf = day => new Date(day + 'T00:00Z');
  const dayOf = date => date.toISOString().slice(0, 10);
  const plusDays = (day, days) => dayOf(new Date(dateOf(day).getTime() + days * DAY_MILLIS));
  const dateFormat = options => new Intl.DateTimeFormat('en-GB', {...options, timeZone: 'UTC'});
  const SHORT = dateFormat({day: 'numeric', month: 'short'});
  const LONG = dateFormat({weekday: 'short', day: 'numeric', month: 'long'});
  const MONTH = dateFormat({month: 'long'});

  function summarize(data) {
    const today = data.today ?? dayOf(new Date());
    const month = today.slice(0, 7);
    const lastDayOfLastMonth = plusDays(month + '-01', -1);
    const lastMonth = lastDayOfLastMonth.slice(0, 7);
    const dayOfMonth = Number(today.slice(8));
    const currency = data.records[0]?.currency ?? 'usd';
    const days = Array.from({length: DAYS}, (_, i) => (
        {day: plusDays(today, i + 1 - DAYS), total: 0n, byCategory: new Map(), corrections: 0}));
    const dayByName = new Map(days.map(day => [day.day, day]));
    const categories = new Map();
    const corrections = [];
    const spend = {[month]: Array(32).fill(0n), [lastMonth]: Array(32).fill(0n)};
    // Amounts in different currencies have no sum.
    const records = data.records.filter(record => record.currency === currency);

    for (const {day, category: name, price, was} of records) {
      const amount = amountOf(price);
      const category = categories.get(name) ?? {name, today: 0n, month: 0n, lastMonth: 0n, shown: 0n};
      categories.set(name, category);
      const number = Number(day.slice(8));
      if (spend[day.slice(0, 7)] && day <= today) {
        spend[day.slice(0, 7)][number] += amount;
      }
      if (day === today) {
        category.today += amount;
      }
      if (day.startsWith(month)) {
        category.month += amount;
      } else if (day.startsWith(lastMonth) && number <= dayOfMonth) {
        category.lastMonth += amount;
      }
      const shown = dayByName.get(day);
      if (shown) {
        shown.total += amount;
        shown.byCategory.set(name, (shown.byCategory.get(name) ?? 0n) + amount);
        category.shown += amount;
      }
      if (was !== undefined && was !== null && amountOf(was) !== amount) {
        corrections.push({day, category: name, before: amountOf(was), now: amount});
        if (shown) {
          shown.corrections++;
        }
      }
    }

    const ranked = [...categories.values()].filter(category => category.shown !== 0n)
        .sort((a, b) => Number(b.shown > a.shown) - Number(b.shown < a.shown));
    const colors = new Map(ranked.slice(0, COLORS).map((category, i) => [category.name, String(i)]));
    const daysInLastMonth = Number(lastDayOfLastMonth.slice(8));
    return {
      today, days, corrections, dayOfMonth, daysInLastMonth,
      categories: [...categories.values()],
      layers: ranked.slice(0, COLORS).map(category => ({label: category.name, names: [category.name]}))
          .concat(ranked.length <= COLORS ? [] : [{
            label: `${ranked.length - COLORS} other ${ranked.length - COLORS === 1 ? 'category' : 'categories'}`,
            names: ranked.slice(COLORS).map(category => category.name)
          }]),
      colorOf: name => colors.get(name) ?? 'rest',
      triggers: (data.triggers ?? []).map(trigger => ({...trigger, amount: amountOf(trigger.value)})),
      thisMonth: {name: MONTH.format(dateOf(today)), spend: spend[month].slice(1, dayOfMonth + 1)},
      lastMonth: {name: MONTH.format(dateOf(lastDayOfLastMonth)), spend: spend[lastMonth].slice(1, daysInLastMonth + 1)},
      count: records.length,
      leftOut: data.records.length - records.length,
      money: currencyFormat(currency),
      axis: currencyFormat(currency, {notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1})
    };
  }

  // Charts

  const plots = new Map();
  const chosen = new Map();

  const resized = new ResizeObserver(entries => entries.forEach(({target}) => {
    const plot = plots.get(target.id);
    if (plot && plot.width !== target.clientWidth) {
      plot.setSize({width: target.clientWidth, height: HEIGHT});
    }
  }));

  function draw(id, model, {x, series, highest, lowest, splits, labelOf, paint, readingOf, latest}) {
    const font = '12px system-ui, sans-serif';
    const read = index => {
      byId(id + '-reading').textContent = readingOf(index ?? latest);
    };
    const index = chosen.get(id);
    plots.get(id)?.destroy();
    const plot = new uPlot({
      width: byId(id).clientWidth,
      height: HEIGHT,
      padding: [8, 20, 0, 0],
      legend: {show: false},
      cursor: {y: false, points: {show: false}, drag: {x: false, y: false}},
      scales: {
        // Without room at both ends, half of the first and of the last bar would be cut off.
        x: {time: false, range: () => [x[0] - 0.7, x[x.length - 1] + 0.7]},
        y: {range: () => [lowest * 1.12, highest * 1.12 || 1]}
      },
      axes: [
        {stroke: style('--soft'), font, grid: {show: false}, ticks: {show: false}, size: 26,
          splits: () => splits, values: (_, values) => values.map(labelOf)},
        {stroke: style('--soft'), font, grid: {stroke: style('--line'), width: 1}, ticks: {show: false}, size: 54,
          values: (_, values) => values.map(value => model.axis.format(value))}
      ],
      series: [{}, ...series.map(({values, ...options}) => options)],
      hooks: {
        draw: [paint],
        setCursor: [({cursor}) => {
          chosen.set(id, cursor.idx);
          read(cursor.idx);
        }]
      }
    }, [x, ...series.map(({values}) => values)], byId(id));
    plots.set(id, plot);
    if (index == null) {
      read(null);
    } else {
      choose(id, index);
    }
  }

  function choose(id, index) {
    const plot = plots.get(id);
    const last = plot.data[0].length - 1;
    const x = plot.data[0][Math.min(Math.max(index, 0), last)];
    plot.setCursor({left: plot.valToPos(x, 'x'), top: 1});
  }

  function limits(plot, triggers) {
    const {ctx, bbox} = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.lineWidth = 2 * ratio;
    ctx.font = `${12 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    for (const {amount, label} of triggers) {
      const y = Math.round(plot.valToPos(pixelsOf(amount), 'y', true));
      ctx.strokeStyle = ctx.fillStyle = style('--limit');
      ctx.setLineDash([6 * ratio, 4 * ratio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      // The label may lie on bars.
      ctx.setLineDash([]);
      ctx.strokeStyle = style('--back');
      ctx.lineWidth = 4 * ratio;
      ctx.strokeText(label, bbox.left + 4 * ratio, y - 6 * ratio);
      ctx.fillText(label, bbox.left + 4 * ratio, y - 6 * ratio);
      ctx.lineWidth = 2 * ratio;
    }
    ctx.restore();
  }

  function corrected(plot, days) {
    const {ctx} = plot;
    const size = 4.5 * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = style('--ink');
    days.forEach((day, i) => {
      if (day.corrections > 0) {
        const x = plot.valToPos(i, 'x', true);
        const y = plot.valToPos(Math.max(0, pixelsOf(day.total)), 'y', true) - 0.75 * size;
        ctx.beginPath();
        ctx.moveTo(x, y);
        ctx.lineTo(x - size, y - 1.5 * size);
        ctx.lineTo(x + size, y - 1.5 * size);
        ctx.fill();
      }
    });
    ctx.restore();
  }

  const labelled = (model, recurring, per) => model.triggers.filter(trigger => trigger.recurring === recurring)
      .map(({amount, name}) => ({amount, label: `${name}: ${model.money.format(decimalOf(amount))} ${per}`}));

  function drawDays(model) {
    const {days, layers} = model;
    const triggers = labelled(model, 'daily', 'a day');
    // Each layer is drawn from zero, the outermost first. Credits are stacked downwards.
    const stacks = layers.map(() => Array(days.length).fill(null));
    let highest = Math.max(0, ...triggers.map(({amount}) => pixelsOf(amount)));
    let lowest = 0;
    days.forEach((day, i) => {
      let up = 0n;
      let down = 0n;
      layers.forEach(({names}, layer) => {
        const amount = sum(names.map(name => day.byCategory.get(name) ?? 0n));
        if (amount > 0n) {
          stacks[layer][i] = pixelsOf(up += amount);
        } else if (amount < 0n) {
          stacks[layer][i] = pixelsOf(down += amount);
        }
      });
      highest = Math.max(highest, pixelsOf(up));
      lowest = Math.min(lowest, pixelsOf(down));
    });
    draw('days', model, {
      x: days.map((_, i) => i),
      series: stacks.map((values, layer) => ({
        values,
        fill: style('--color-' + (layer < COLORS ? layer : 'rest')),
        stroke: style('--back'),
        width: 1,
        points: {show: false},
        paths: uPlot.paths.bars({size: [0.86, 40]})
      })).reverse(),
      highest, lowest,
      splits: days.map((_, i) => i).filter(i => (days.length - 1 - i) % 7 === 0),
      labelOf: i => SHORT.format(dateOf(days[i].day)),
      paint: plot => {
        limits(plot, triggers);
        corrected(plot, days);
      },
      readingOf: i => readingOfDay(model, days[i]),
      latest: days.length - 1
    });
    byId('legend').replaceChildren(
        ...layers.map(({label}, layer) => element('li', {},
            element('span', {className: 'swatch color-' + (layer < COLORS ? layer : 'rest')}), label)),
        ...days.some(day => day.corrections > 0) ? [element('li', {className: 'mark'}, 'corrected')] : [],
        ...triggers.map(({label}) => element('li', {},
            element('span', {className: 'swatch dashes limit'}), label)));
  }

  function mostExpensive(day, count) {
    return [...day.byCategory].filter(([, amount]) => amount !== 0n)
        .sort(([, a], [, b]) => Number(b > a) - Number(b < a)).slice(0, count);
  }

  function readingOfDay(model, day) {
    const money = amount => model.money.format(decimalOf(amount));
    const most = mostExpensive(day, 3).map(([name, amount]) => `${name} ${money(amount)}`);
    return `${LONG.format(dateOf(day.day))}${day.day === model.today ? ', so far' : ''}: ${money(day.total)}`
        + (most.length > 0 ? ` (${most.join(', ')}${day.byCategory.size > 3 ? ', \u2026' : ''})` : '')
        + (day.corrections > 0 ? `, ${day.corrections} corrected` : '');
  }

  function drawMonth(model) {
    const {thisMonth, lastMonth, dayOfMonth} = model;
    const triggers = labelled(model, 'monthly', 'a month');
    const x = Array.from({length: Math.max(thisMonth.spend.length, lastMonth.spend.length)}, (_, i) => i + 1);
    const cumulative = ({spend}) => {
      let total = 0n;
      return spend.map(amount => total += amount);
    };
    const current = cumulative(thisMonth);
    const before = cumulative(lastMonth);
    const values = amounts => x.map((_, i) => i < amounts.length ? pixelsOf(amounts[i]) : null);
    const all = [...current, ...before, ...triggers.map(({amount}) => amount)].map(pixelsOf);
    const money = amount => model.money.format(decimalOf(amount));
    draw('month', model, {
      x,
      series: [
        {values: values(before), stroke: style('--soft'), width: 1.5, dash: [5, 4], points: {show: false}},
        {values: values(current), stroke: style('--color-0'), width: 2.5,
          points: {show: true, size: 7, width: 0, fill: style('--color-0'), filter: () => [current.length - 1]}}
      ],
      highest: Math.max(0, ...all),
      lowest: Math.min(0, ...all),
      splits: [1, 8, 15, 22, 29].filter(day => day <= x.length),
      labelOf: day => String(day),
      paint: plot => limits(plot, triggers),
      readingOf: i => `To day ${i + 1}: `
          + [[thisMonth, current], [lastMonth, before]].filter(([, amounts]) => i < amounts.length)
              .map(([month, amounts]) => `${month.name} ${money(amounts[i])}`).join(', '),
      latest: dayOfMonth - 1
    });
    byId('months').replaceChildren(
        element('li', {}, element('span', {className: 'swatch line'}), thisMonth.name),
        element('li', {}, element('span', {className: 'swatch dashes'}), lastMonth.name),
        ...triggers.map(({label}) => element('li', {},
            element('span', {className: 'swatch dashes limit'}), label)));
  }

  // Tables. A cell has a value to sort by, and the nodes that show it.

  const tables = new Map();

  for (const table of document.querySelectorAll('table')) {
    const headers = [...table.tHead.rows[0].cells];
    const state = {rows: [], shown: new Map(), isFirst: true};
    tables.set(table.id, state);
    headers.forEach((header, column) => {
      if (header.hasAttribute('aria-sort')) {
        state.column = column;
      }
      header.querySelector('button').addEventListener('click', () => {
        const initially = header.classList.contains('number') ? 'descending' : 'ascending';
        const order = header.getAttribute('aria-sort') ?? '';
        const next = order === '' ? initially : order === 'ascending' ? 'descending' : 'ascending';
        headers.forEach(other => other.removeAttribute('aria-sort'));
        header.setAttribute('aria-sort', next);
        state.column = column;
        showRows(table.id);
      });
    });
  }

  function showRows(id) {
    const table = byId(id);
    const {rows, column} = tables.get(id);
    const order = table.querySelector('[aria-sort]').getAttribute('aria-sort') === 'ascending' ? 1 : -1;
    rows.sort(({cells: a}, {cells: b}) =>
      order * (Number(a[column].value > b[column].value) - Number(a[column].value < b[column].value)));
    table.tBodies[0].replaceChildren(...rows.map(({cells, className}) => rowOf(cells, className)));
  }

  function rowOf(cells, className = '') {
    return element('tr', {className}, ...cells.map((cell, column) => column === 0
        ? element('th', {scope: 'row'}, ...cell.nodes())
        : element('td', {className: typeof cell.value === 'bigint' ? 'number' : ''}, ...cell.nodes())));
  }

  /** Replaces the rows, and marks those that are new or have changed, unless all are new. */
  function fill(id, rows, total) {
    const state = tables.get(id);
    const shown = new Map();
    state.rows = rows.map(cells => {
      const values = cells.map(cell => cell.value).join('|');
      const key = cells.filter(cell => typeof cell.value === 'string').map(cell => cell.value).join('|');
      shown.set(key, values);
      return {cells, className: state.isFirst || state.shown.get(key) === values ? '' : 'changed'};
    });
    state.shown = shown;
    state.isFirst = false;
    showRows(id);
    byId(id).tFoot?.replaceChildren(...total ? [rowOf(total)] : []);
  }

  function showTables(model) {
    const amount = value => ({value, nodes: () => [dataOf(model, value)]});
    const text = value => ({value, nodes: () => [value]});
    const category = (value, ...marks) => ({
      value, nodes: () => [element('span', {className: 'swatch color-' + model.colorOf(value)}), value, ...marks]
    });
    const day = (value, corrections) => ({
      value, nodes: () => [element('time', {dateTime: value}, LONG.format(dateOf(value))),
        ...corrections ? [' ', element('span', {className: 'mark'}, `${corrections} corrected`)] : []]
    });
    const total = (rows, column) => amount(sum(rows.map(cells => cells[column].value)));

    const categories = model.categories.filter(({today, month, lastMonth}) => today || month || lastMonth)
        .map(({name, today, month, lastMonth}) => [category(name), amount(today), amount(month), amount(lastMonth)]);
    fill('categories', categories,
        [text('Total'), total(categories, 1), total(categories, 2), total(categories, 3)]);

    byId('corrections').hidden = model.corrections.length === 0;
    fill('corrections', model.corrections.map(({day: of, category: name, before, now}) => (
        [day(of), category(name), amount(before), amount(now)])));

    const days = model.days.map(({day: of, corrections, total: spent, byCategory}) => (
        [day(of, corrections), text(mostExpensive({byCategory}, 1)[0]?.[0] ?? ''), amount(spent)]));
    fill('all-days', days, [text('Total'), text(''), total(days, 2)]);
  }

  const dataOf = (model, amount) => element('data', {value: decimalOf(amount)}, model.money.format(decimalOf(amount)));

  // Summary

  function showSummary(model) {
    const {thisMonth, lastMonth, dayOfMonth, daysInLastMonth, days, triggers} = model;
    const now = sum(thisMonth.spend);
    const then = sum(lastMonth.spend.slice(0, dayOfMonth));
    const today = days[days.length - 1].total;
    const sameDays = `${lastMonth.name} 1\u2013${Math.min(dayOfMonth, daysInLastMonth)}`;
    const percent = then > 0n ? Number((now - then) * 1000n / then) / 10 : null;
    const reached = triggers.filter(({recurring, amount}) => recurring === 'daily' && amount <= today);
    byId('month-to-date').textContent = `${thisMonth.name} to date`;
    byId('last-month-to-date').textContent = sameDays;
    byId('summary').replaceChildren(...[
      [`${thisMonth.name} to date`, now, percent === null ? ''
          : `${Math.abs(percent)} % ${percent < 0 ? 'less' : 'more'} than ${sameDays}`],
      [sameDays, then, 'the same days'],
      [lastMonth.name, sum(lastMonth.spend), 'the whole month'],
      ['Today', today, reached.length > 0 ? `has reached ${reached[0].name}` : 'so far']
    ].map(([label, amount, note]) => element('div', {}, element('dt', {}, label),
        element('dd', {}, dataOf(model, amount)), element('dd', {className: 'note'}, note))));
  }

  // The page

  let model;

  function show(data, note = '') {
    model = summarize(data);
    showSummary(model);
    drawDays(model);
    drawMonth(model);
    showTables(model);
    byId('status').textContent = `${model.count} records until ${LONG.format(dateOf(model.today))}, UTC${note}`
        + (model.leftOut > 0 ? `; ${model.leftOut} in other currencies are left out` : '');
  }

  async function refresh(shown) {
    let text = shown;
    try {
      const response = await fetch('usage.json', {cache: 'no-store'});
      if (!response.ok) {
        throw new Error(`HTTP status ${response.status}`);
      }
      text = await response.text();
      if (text !== shown) {
        show(JSON.parse(text), shown && `; changed at ${new Date().toISOString().slice(11, 19)}`);
      }
    } catch (e) {
      byId('status').textContent = `The data cannot be read (${e.message}). Trying again.`;
      text = '';
    }
    setTimeout(refresh, REFRESH_MILLIS, text);
  }

  for (const id of ['days', 'month']) {
    resized.observe(byId(id));
    byId(id).addEventListener('keydown', event => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (step && model) {
        event.preventDefault();
        const last = id === 'days' ? DAYS - 1 : model.dayOfMonth - 1;
        choose(id, (chosen.get(id) ?? last) + step);
      }
    });
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    if (model) {
      drawDays(model);
      drawMonth(model);
    }
  });

  const embedded = byId('data').textContent.trim();
  if (embedded) {
    show(JSON.parse(embedded));
  } else {
    refresh('');
  }
})();
