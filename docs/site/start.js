// Every live figure of a page comes alive; where it cannot, its picture stays.
import { figures } from "./quotidian/figures.js";

figures().catch((error) => console.info("Live figures stay pictures:", error));
