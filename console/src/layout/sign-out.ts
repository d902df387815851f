// Signs out and shows the sign-in page; what was read is forgotten.
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
