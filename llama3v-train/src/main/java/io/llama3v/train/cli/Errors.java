package io.llama3v.train.cli;

import io.llama3v.config.ConfigException;
import io.llama3v.data.pipeline.TooManyBadSamplesException;
import io.llama3v.data.sample.SampleException;
import io.llama3v.image.ImageException;
import io.llama3v.train.loop.NonFiniteLossException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

/** Turns exceptions into one message and an exit code. What the user can mend has no stack trace; a defect of ours has one. */
final class Errors implements IExecutionExceptionHandler, IParameterExceptionHandler {
  static final int FAILED = 1;
  private static final int WRONG_INPUT = 2;

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    // Errors come wrapped in picocli's own exception only where they are thrown outside a command's call.
    PrintWriter err = line.getErr();
    line.getOut().flush();
    boolean trace = line.getCommandSpec().root().userObject() instanceof Llama3vCommand root && root.stacktrace();
    err.println("error: " + message(e));
    if (trace || !expected(e)) e.printStackTrace(err);
    else if (e.getMessage() == null) err.println("(--stacktrace shows where)");
    return e instanceof ConfigException || e instanceof IllegalArgumentException ? WRONG_INPUT : FAILED;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    err.println("error: " + e.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("Usage: " + line.getHelp().synopsis(0).strip());
    }
    err.println("'" + line.getCommandSpec().qualifiedName() + " --help' explains.");
    return WRONG_INPUT;
  }

  private static boolean expected(Exception e) {
    return e instanceof ConfigException || e instanceof IOException || e instanceof UncheckedIOException
        || e instanceof IllegalArgumentException || e instanceof IllegalStateException || e instanceof ImageException
        || e instanceof SampleException || e instanceof TooManyBadSamplesException || e instanceof NonFiniteLossException;
  }

  static String message(Exception e) {
    if (e instanceof UncheckedIOException wrapped) return message(wrapped.getCause());
    // The messages of these are a bare path.
    if (e instanceof FileSystemException file && file.getReason() == null) {
      if (e instanceof NoSuchFileException) return file.getFile() + ": no such file or folder";
      if (e instanceof AccessDeniedException) return file.getFile() + ": access denied";
      return file.getFile() + ": " + e.getClass().getSimpleName().replace("Exception", "");
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
