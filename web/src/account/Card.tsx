/** A part of the screen on its own ground, with a heading where it has one. */
import type { ReactNode } from 'react';

export function Card({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-4 rounded-2xl bg-card p-5 shadow-card">
      {title !== undefined && <h2 className="text-lg font-semibold">{title}</h2>}
      {children}
    </section>
  );
}
