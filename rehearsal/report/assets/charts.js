// @ts-check
// Runs in the report's page: draws the charts from the data beside it, in the page's own colours.
"use strict";
(() => {
  // @ts-ignore the library stands before this script
  const { echarts } = window;
  const holder = document.getElementById("series");
  if (holder === null || echarts === undefined) return;
  /** @type {import("../types").ReportedSeries} */
  const series = JSON.parse(holder.textContent ?? "{}");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {{ dispose(): void; resize(): void }[]} */
  let drawn = [];

  /** @param {string} name */
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  /** The place on the axis of a moment. @param {number} at */
  const placeOf = (at) => {
    const index = series.at.findIndex((each) => each >= at);
    return index === -1 ? series.at.length - 1 : index;
  };

  /** Bars on a shared axis of story time. @param {{name: string, color: string, data: readonly number[]}[]} bars */
  const options = (bars) => ({
    animation: !calm.matches,
    animationDuration: 500,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("ink") },
    grid: { left: 4, right: 8, top: 34, bottom: 4, containLabel: true },
    legend: {
      left: 0,
      top: 0,
      itemWidth: 10,
      itemHeight: 10,
      icon: "circle",
      textStyle: { color: colour("soft"), fontSize: 13 },
    },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: colour("line"), opacity: 0.5 } },
      backgroundColor: colour("surface"),
      borderColor: colour("line"),
      textStyle: { color: colour("ink"), fontSize: 13 },
    },
    xAxis: {
      type: "category",
      data: series.storyTime,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("line") } },
      axisLabel: { color: colour("soft"), fontSize: 12, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      minInterval: 1,
      splitLine: { lineStyle: { color: colour("line") } },
      axisLabel: { color: colour("soft"), fontSize: 12 },
    },
    series: bars.map(({ name, color, data }) => ({
      name,
      type: "bar",
      stack: "all",
      barCategoryGap: "18%",
      itemStyle: { color },
      emphasis: { focus: "none" },
      data,
    })),
  });

  const marks = () => ({
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: colour("soft"), type: "solid", width: 1 },
    label: {
      position: "end",
      distance: 2,
      color: colour("paper"),
      backgroundColor: colour("ink"),
      borderRadius: 9,
      padding: [2, 6],
      fontSize: 11,
      fontWeight: 600,
    },
    data: (series.marks ?? []).map(({ at }, index) => ({
      xAxis: placeOf(at),
      label: { formatter: String(index + 1) },
    })),
  });

  /** @param {string} id @param {object} option */
  const draw = (id, option) => {
    const place = document.getElementById(`chart-${id}`);
    if (place === null) return;
    const chart = echarts.init(place);
    chart.setOption(option);
    drawn.push(chart);
  };

  const drawAll = () => {
    for (const chart of drawn) chart.dispose();
    drawn = [];
    const orders = options([
      { name: "Primary", color: colour("primary"), data: series.ordersPrimary },
      { name: "Standby", color: colour("standby"), data: series.ordersStandby },
    ]);
    orders.grid.top = 58;
    Object.assign(orders.series[0] ?? {}, { markLine: marks() });
    draw("orders", orders);
    draw(
      "failures",
      options([
        {
          name: "Answered",
          color: colour("line"),
          data: series.requests.map((all, index) => Math.max(0, all - (series.failures[index] ?? 0))),
        },
        { name: "Failed", color: colour("bad"), data: series.failures },
      ]),
    );
    draw(
      "images",
      options([
        { name: "Edge", color: colour("standby"), data: series.edgeImages },
        {
          name: "Storage",
          color: colour("primary"),
          data: series.images.map((all, index) =>
            Math.max(0, all - (series.edgeImages[index] ?? 0) - (series.imageFailures[index] ?? 0)),
          ),
        },
        { name: "Failed", color: colour("bad"), data: series.imageFailures },
      ]),
    );
  };

  drawAll();
  dark.addEventListener("change", drawAll);
  window.addEventListener("resize", () => {
    for (const chart of drawn) chart.resize();
  });
})();
