import { defineConfig } from "vite";

export default defineConfig({
  // Vite's development server would copy the module's JavaScript away from its WebAssembly.
  optimizeDeps: { exclude: ["callscope"] },
  // `start` is awaited at the top of the module.
  build: { target: "es2022" },
  server: { fs: { allow: ["../.."] } },
});
