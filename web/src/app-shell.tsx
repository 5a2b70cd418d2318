/** Head, places, the screen, the drawer of the opened number, and the keys. */
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { Hatches } from "./look/hatches.tsx";
import { applyTheme, readTheme, type Theme } from "./look/theme.ts";
import { NumberDrawer } from "./panels/number-drawer.tsx";
import { places } from "./places.ts";
import { useAnswer } from "./query/use.ts";

export function AppShell(): ReactElement {
  useKeys();
  useTitle();
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <Hatches />
      <header className="head">
        <div className="head-in">
          <Link to="/" className="brand" aria-label="Assay, overview">
            <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
              <rect x="2" y="5" width="28" height="6" rx="1.5" fill="var(--fate-bought)" />
              <rect x="2" y="13" width="18" height="6" rx="1.5" fill="var(--fate-ripening)" />
              <rect x="2" y="21" width="9" height="6" rx="1.5" fill="var(--fate-undone)" />
            </svg>
            Assay
          </Link>
          <nav aria-label="Places">
            {places.map(({ to, title, key }) => (
              <Link
                key={to}
                to={to}
                activeOptions={{ exact: to === "/", includeSearch: false }}
                activeProps={{ "aria-current": "page" }}
                aria-keyshortcuts={`g ${key}`}
              >
                {title}
              </Link>
            ))}
          </nav>
          <ThemeButton />
        </div>
      </header>
      <SampleNotice />
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <footer className="foot">
        <span>Assay keeps no prompt and no code text. This page calls nobody but its own server.</span>
        <span className="keys">
          <kbd>g</kbd> then a letter goes to a place (<kbd>o</kbd> overview, <kbd>e</kbd> explore, <kbd>s</kbd> sessions, <kbd>c</kbd>{" "}
          changes) · <kbd>t</kbd> theme · <kbd>Esc</kbd> closes
        </span>
      </footer>
      <NumberDrawer />
    </>
  );
}

function SampleNotice(): ReactElement | null {
  const { data } = useAnswer();
  if (data?.isSample !== true) return null;
  return (
    <p className="notice">
      <strong>Sample data.</strong> An invented organisation, made by this program. Nothing here is about you.
    </p>
  );
}

const themes: readonly Theme[] = ["system", "light", "dark"];
const themeTitles: Readonly<Record<Theme, string>> = { system: "Auto", light: "Light", dark: "Dark" };

function ThemeButton(): ReactElement {
  const [theme, setTheme] = useState<Theme>(() => readTheme(localStorage));
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";
  const turn = (): void => {
    applyTheme(document.documentElement, localStorage, next);
    setTheme(next);
  };
  return (
    <button
      type="button"
      className="theme"
      id="theme"
      onClick={turn}
      aria-label={`Theme: ${themeTitles[theme]}. Switch to ${themeTitles[next]}`}
      aria-keyshortcuts="t"
    >
      {themeTitles[theme]}
    </button>
  );
}

/** `g` and a letter goes to a place; `t` turns the theme. Nothing happens while somebody types. */
function useKeys(): void {
  const navigate = useNavigate();
  const isGoing = useRef(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      const place = isGoing.current ? places.find(({ key }) => key === event.key) : undefined;
      isGoing.current = event.key === "g";
      if (place !== undefined) void navigate({ to: place.to });
      else if (event.key === "t") document.getElementById("theme")?.click();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate]);
}

/** The tab names the place. */
function useTitle(): void {
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => {
    const place = places.find(({ to }) => to !== "/" && path.startsWith(to));
    document.title = place === undefined ? "Assay: what did the tokens buy?" : `${place.title} · Assay`;
  }, [path]);
}
