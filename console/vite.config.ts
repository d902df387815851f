// The build of the console: hashed assets in dist/, one chunk for all pages, and others that are loaded on demand.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { licenses } from "./licenses.ts";

// The server replaces it with a fresh value of the same length, each time it serves index.html.
const NONCE = "orgd-nonce-placeholder";

export default defineConfig(({ command }) => ({
  plugins: [react(), licenses()],
  html: command === "build" ? { cspNonce: NONCE } : {},
  build: {
    target: "es2020",
    sourcemap: false,
    chunkSizeWarningLimit: 1000, // kB before compression; a test limits the compressed size
    assetsInlineLimit: 0, // the Content-Security-Policy allows no data: in styles and scripts
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        manualChunks: {
          react: ["react", "react-dom", "react-router-dom", "@tanstack/react-query"],
        },
      },
    },
  },
  server: {
    port: 3000,
    proxy: { "/api": process.env.ORGD_URL ?? "http://127.0.0.1:8000" },
  },
}));
