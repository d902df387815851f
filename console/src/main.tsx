// The console's entry point: sets up sessions, theme, data and pages.
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router-dom";
import { queryClient } from "./api/queries";
import { NoticeProvider } from "./components/notices";
import { router } from "./routes";
import { startSessions } from "./session/session";
import "./styles.css";
import { signStyles } from "./theme/nonce";
import { ThemeProvider } from "./theme/theme";

signStyles();
startSessions();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <ThemeProvider>
      <QueryClientProvider client={queryClient}>
        <NoticeProvider>
          <RouterProvider router={router} />
        </NoticeProvider>
      </QueryClientProvider>
    </ThemeProvider>
  </StrictMode>,
);
