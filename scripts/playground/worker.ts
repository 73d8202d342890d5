export default {
  fetch(): Response {
    return new Response("The Twofold playground. Its API: /cdn-cgi/local/explorer/api\n");
  },
};
