import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyPalette } from "./look/apply-palette.ts";
import { applyTheme, readTheme } from "./look/theme.ts";
import "./look/tokens.css";
import "./look/page.css";
import { ApiError } from "./query/api.ts";
import { router } from "./router.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

applyPalette(document.documentElement);
applyTheme(document.documentElement, localStorage, readTheme(localStorage));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // What the server refused it refuses again; a server that is starting answers soon.
      retry: (failures, error) => error instanceof ApiError && error.code === "unreachable" && failures < 2,
    },
  },
});

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
