import { type ReactNode, useEffect } from 'react';

/** The heading can take the focus: `App` moves it there when another page comes. The intro is read out with it. */
export function Page({ title, intro, children }: { title: string; intro?: ReactNode; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Latchkey`;
  }, [title]);

  return (
    <main>
      <h1 tabIndex={-1} aria-describedby={intro ? 'intro' : undefined}>
        {title}
      </h1>
      {intro && (
        <p className="intro" id="intro">
          {intro}
        </p>
      )}
      {children}
    </main>
  );
}
