// Signs out, deletes all cached data and shows the sign-in page.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router-dom";
import { signOut } from "../session/session";

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    try {
      await signOut();
    } finally {
      navigate("/auth", { replace: true });
      client.clear();
    }
  };
}
