/** Builds the page into dist/web. In development the API is that of `assay serve`, at ASSAY_API or its default place. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  root: here,
  base: "/",
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    // A data: URL would need a Content-Security-Policy that allows them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      // Libraries mark what runs in a browser for frameworks this page does not use.
      onwarn(warning, tell) {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") tell(warning);
      },
    },
  },
  server: { proxy: { "/api": process.env["ASSAY_API"] ?? "http://127.0.0.1:4173" } },
});
