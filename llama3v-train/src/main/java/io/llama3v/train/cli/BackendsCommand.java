package io.llama3v.train.cli;

import io.llama3v.backend.Backend;
import io.llama3v.backend.BackendProvider;
import io.llama3v.backend.Backends;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code llama3v backends}: what can compute here, and why the rest cannot. */
@Command(name = "backends", description = "Lists the backends, best first: what each computes with here, or why it cannot run.")
final class BackendsCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private BackendOptions options;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean any = false;
    for (BackendProvider provider : Backends.all()) {
      if (options.name() != null && !options.name().equals(provider.name())) continue;
      Optional<String> reason = provider.unavailable();
      out.print((reason.isPresent() ? "  " : any ? "  " : "* ") + provider.name() + ": ");
      if (reason.isPresent()) {
        out.println("not available: " + reason.get());
        continue;
      }
      any = true;
      try (Backend backend = provider.open()) {
        out.println(backend.describe());
      }
    }
    if (any && options.name() == null) out.println("* is what 'auto' takes");
    return any ? 0 : 1;
  }
}
