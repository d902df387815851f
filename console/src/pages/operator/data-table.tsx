// A read-only table, which scrolls if it is wider than the page.
import type { ReactNode } from "react";

interface DataTableProps {
  label: string;
  /** Headings; the columns in `numbers` are right-aligned. */
  columns: string[];
  numbers?: number[];
  rows: ReactNode[][];
}

export function DataTable({ label, columns, numbers = [], rows }: DataTableProps) {
  const side = (column: number) => (numbers.includes(column) ? "number" : undefined);
  return (
    <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className="data">
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={column} scope="col" className={side(index)}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} className={side(column)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
