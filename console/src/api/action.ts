// A mutation that runs once at a time, however fast the user clicks.
import { useMutation, type UseMutationOptions, type UseMutationResult } from "@tanstack/react-query";
import { useRef } from "react";

/** Like useMutation. `isPending` becomes true only with the next rendering, so it cannot stop a second click before that. */
export function useAction<Answer, Wanted = void>(options: UseMutationOptions<Answer, Error, Wanted>): UseMutationResult<Answer, Error, Wanted> {
  const isRunning = useRef(false);
  const action = useMutation({
    ...options,
    onSettled: (...ended) => {
      isRunning.current = false;
      return options.onSettled?.(...ended);
    },
  });
  const mutate: typeof action.mutate = (...wanted) => {
    if (isRunning.current) return;
    isRunning.current = true;
    action.mutate(...wanted);
  };
  return { ...action, mutate };
}
