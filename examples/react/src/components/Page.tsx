import { type ReactNode, useEffect } from 'react';

/** The heading can take the focus: `App` moves it there when another page comes. */
export function Page({ title, intro, children }: { title: string; intro?: ReactNode; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Latchkey`;
  }, [title]);

  return (
    <main>
      <h1 tabIndex={-1}>{title}</h1>
      {intro && <p className="intro">{intro}</p>}
      {children}
    </main>
  );
}
