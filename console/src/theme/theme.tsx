// The light and dark themes: the system decides, unless the user has chosen one.
import { StyleProvider } from "@ant-design/cssinjs";
import { ConfigProvider, theme as antTheme, type ThemeConfig } from "antd";
import { createContext, useContext, useEffect, useLayoutEffect, useMemo, useState, type ReactNode } from "react";

export type ThemeChoice = "system" | "light" | "dark";

const STORAGE_KEY = "orgd.theme";
const darkQuery = window.matchMedia("(prefers-color-scheme: dark)");

const shared: ThemeConfig["token"] = {
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif',
  fontFamilyCode: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  borderRadius: 8,
  controlHeight: 36,
  fontSize: 14,
  motion: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
};

// Ant Design's own shades of grey for secondary text stay below the contrast of WCAG AA.
const light: ThemeConfig = {
  algorithm: antTheme.defaultAlgorithm,
  token: {
    ...shared,
    colorPrimary: "#3b4fd8",
    colorPrimaryHover: "#3044c0",
    colorPrimaryActive: "#27379c",
    colorLink: "#3346c2",
    colorInfo: "#2f54eb",
    colorSuccess: "#237804",
    colorWarning: "#ad6800",
    colorWarningBg: "#fff7e0",
    colorWarningBorder: "#e3bd6a",
    colorError: "#c41d2b",
    colorBgLayout: "#f7f8fa",
    colorText: "#1b1f2a",
    colorTextSecondary: "#4b5263",
    colorTextTertiary: "#5d6475",
    colorTextDescription: "#5d6475",
    colorTextQuaternary: "#6b7282",
    colorTextPlaceholder: "#6b7282",
    colorBorder: "#c9cdd6",
    colorBorderSecondary: "#e6e8ee",
  },
};

const dark: ThemeConfig = {
  algorithm: antTheme.darkAlgorithm,
  token: {
    ...shared,
    colorPrimary: "#5b6ef0",
    colorPrimaryHover: "#5668e0",
    colorPrimaryActive: "#4355c8",
    colorLink: "#b4bdff",
    colorBgBase: "#101217",
    colorBgLayout: "#101217",
    colorBgContainer: "#171a21",
    colorBgElevated: "#1e222b",
    colorText: "#e8eaf0",
    colorTextSecondary: "#b4bac7",
    colorTextTertiary: "#9ba2b1",
    colorTextDescription: "#9ba2b1",
    colorTextQuaternary: "#8d94a3",
    colorTextPlaceholder: "#8d94a3",
    colorBorder: "#3d4350",
    colorBorderSecondary: "#2a2f3a",
    colorError: "#ff8b91",
  },
};

interface ThemeState {
  choice: ThemeChoice;
  isDark: boolean;
  choose: (choice: ThemeChoice) => void;
}

const ThemeContext = createContext<ThemeState>({ choice: "system", isDark: false, choose: () => {} });

export const useTheme = (): ThemeState => useContext(ThemeContext);

function storedChoice(): ThemeChoice {
  const stored = window.localStorage.getItem(STORAGE_KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** Ant Design's colours for our own stylesheet, which is written with these variables. */
function RootVariables() {
  const { token } = antTheme.useToken();
  useLayoutEffect(() => {
    const variables = {
      "--text": token.colorText,
      "--text-secondary": token.colorTextSecondary,
      "--text-tertiary": token.colorTextTertiary,
      "--link": token.colorLink,
      "--primary": token.colorPrimary,
      "--primary-soft": token.colorPrimaryBg,
      "--success": token.colorSuccess,
      "--error": token.colorError,
      "--error-soft": token.colorErrorBg,
      "--layout": token.colorBgLayout,
      "--surface": token.colorBgContainer,
      "--elevated": token.colorBgElevated,
      "--border": token.colorBorderSecondary,
      "--border-strong": token.colorBorder,
      "--hover": token.colorFillTertiary,
      "--shadow": token.boxShadowSecondary,
      "--font-mono": token.fontFamilyCode,
      "--font": token.fontFamily,
    };
    for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
  }, [token]);
  return null;
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState(storedChoice);
  const [systemIsDark, setSystemIsDark] = useState(darkQuery.matches);
  const isDark = choice === "system" ? systemIsDark : choice === "dark";

  useEffect(() => {
    const follow = () => setSystemIsDark(darkQuery.matches);
    const followOtherTab = (event: StorageEvent) => event.key === STORAGE_KEY && setChoice(storedChoice());
    darkQuery.addEventListener("change", follow);
    window.addEventListener("storage", followOtherTab);
    return () => {
      darkQuery.removeEventListener("change", follow);
      window.removeEventListener("storage", followOtherTab);
    };
  }, []);

  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  }, [isDark]);

  const state = useMemo<ThemeState>(
    () => ({
      choice,
      isDark,
      choose: (next) => {
        if (next === "system") window.localStorage.removeItem(STORAGE_KEY);
        else window.localStorage.setItem(STORAGE_KEY, next);
        setChoice(next);
      },
    }),
    [choice, isDark],
  );

  return (
    <ThemeContext.Provider value={state}>
      <StyleProvider layer>
        <ConfigProvider theme={{ ...(isDark ? dark : light), cssVar: true, hashed: false }} wave={{ disabled: true }}>
          <RootVariables />
          {children}
        </ConfigProvider>
      </StyleProvider>
    </ThemeContext.Provider>
  );
}
