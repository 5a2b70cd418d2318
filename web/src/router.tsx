/** Every screen and its address. Overview comes with the first load; the others are loaded when they are opened. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { AppShell } from "./app-shell.tsx";
import { NotFound } from "./routes/not-found.tsx";
import { Overview } from "./routes/overview.tsx";
import { parseSearch, pickSearch, stringifySearch } from "./url/page-search.ts";

const root = createRootRoute({ component: AppShell, notFoundComponent: NotFound, validateSearch: pickSearch });
const at = () => root;

const routeTree = root.addChildren([
  createRoute({ getParentRoute: at, path: "/", component: Overview }),
  createRoute({ getParentRoute: at, path: "/explore", component: lazyRouteComponent(() => import("./routes/explore.tsx"), "Explore") }),
  createRoute({ getParentRoute: at, path: "/sessions", component: lazyRouteComponent(() => import("./routes/sessions.tsx"), "Sessions") }),
  createRoute({
    getParentRoute: at,
    path: "/sessions/$id",
    component: lazyRouteComponent(() => import("./routes/session.tsx"), "Session"),
  }),
  createRoute({ getParentRoute: at, path: "/changes", component: lazyRouteComponent(() => import("./routes/changes.tsx"), "Changes") }),
  createRoute({ getParentRoute: at, path: "/changes/$id", component: lazyRouteComponent(() => import("./routes/change.tsx"), "Change") }),
  createRoute({ getParentRoute: at, path: "/commits/$id", component: lazyRouteComponent(() => import("./routes/commit.tsx"), "Commit") }),
  createRoute({ getParentRoute: at, path: "/code", component: lazyRouteComponent(() => import("./routes/code.tsx"), "Code") }),
  createRoute({
    getParentRoute: at,
    path: "/code/file",
    component: lazyRouteComponent(() => import("./routes/code-file.tsx"), "CodeFile"),
  }),
  createRoute({ getParentRoute: at, path: "/delivery", component: lazyRouteComponent(() => import("./routes/delivery.tsx"), "Delivery") }),
  createRoute({ getParentRoute: at, path: "/sources", component: lazyRouteComponent(() => import("./routes/sources.tsx"), "Sources") }),
  createRoute({ getParentRoute: at, path: "/stored", component: lazyRouteComponent(() => import("./routes/stored.tsx"), "Stored") }),
]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
