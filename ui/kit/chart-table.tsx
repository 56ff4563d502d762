import { useState } from 'react';
import type { ChartSeries } from './chart.tsx';
import { exactText } from './time.tsx';

type ChartTableProps = {
  readonly label: string;
  readonly at: readonly number[];
  readonly series: readonly ChartSeries[];
};

/** What a chart draws, in words and figures: for whoever does not see it, or wants the exact ones. */
export function ChartTable({ label, at, series }: ChartTableProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="chart-table" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary data-action="chart.table">As a table</summary>
      {isOpen && (
        <div role="region" aria-label={label} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {series.map(({ title }) => (
                  <th key={title} scope="col" className="number">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {at.map((seconds, index) => (
                <tr key={seconds}>
                  <th scope="row">{exactText(seconds * 1000)}</th>
                  {series.map(({ title, values, show }) => (
                    <td key={title} className="number">
                      {show(values[index] ?? null)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
